#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

// countWords(buffer): how many words the text in a Uint8Array has.
static napi_value CountWords(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argument;
  const uint8_t* text;
  size_t length;
  napi_typedarray_type type;
  if (napi_get_cb_info(env, info, &argc, &argument, NULL, NULL) != napi_ok || argc != 1 ||
      napi_get_typedarray_info(env, argument, &type, &length, (void**)&text, NULL, NULL) != napi_ok ||
      type != napi_uint8_array) {
    napi_throw_type_error(env, NULL, "countWords wants a Uint8Array");
    return NULL;
  }
  uint32_t words = 0;
  bool inside = false;
  for (size_t i = 0; i < length; i++) {
    bool letter = text[i] > ' ';
    words += letter && !inside;
    inside = letter;
  }
  napi_value result;
  napi_create_uint32(env, words, &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "countWords", NAPI_AUTO_LENGTH, CountWords, NULL, &function);
  napi_set_named_property(env, exports, "countWords", function);
  return exports;
}
