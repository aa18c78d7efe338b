#include <stdio.h>
#include <string.h>

#include <lz4.h>

int main(void) {
  const char text[] = "hello tool cache, hello tool cache, hello tool cache";
  char packed[128], unpacked[128];
  int size = LZ4_compress_default(text, packed, sizeof text, sizeof packed);
  LZ4_decompress_safe(packed, unpacked, size, sizeof unpacked);
  printf("lz4 %s: %zu bytes, %d packed, %s\n", LZ4_versionString(), sizeof text, size,
         strcmp(text, unpacked) ? "different" : "the same");
  return 0;
}
