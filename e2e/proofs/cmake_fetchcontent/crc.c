#include <stdio.h>
#include <zlib.h>

int main(void) {
  printf("zlib %s: %08lx\n", zlibVersion(), crc32(0, (const Bytef *)"hello", 5));
  return 0;
}
