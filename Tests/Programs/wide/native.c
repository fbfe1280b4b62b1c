/* The program natively: NAME ARGUMENT..., as `apus build --invoke NAME` makes it. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

uint64_t words(uint64_t seed, uint64_t count);
uint64_t far(uint64_t gigabytes);

void print(const char *text, uint64_t size);
void print(const char *text, uint64_t size) { fwrite(text, 1, (size_t)size, stdout); }

unsigned char *grown(uint64_t pages);
unsigned char *grown(uint64_t pages) {
  static unsigned char *from, *end;
  const size_t room = (size_t)1 << 40;
  if (!from) {
    from = end = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (from == MAP_FAILED) exit(1);
  }
  unsigned char *old = end;
  end += pages << 16;
  return old;
}

int main(int argc, char **argv) {
  uint64_t a = argc > 2 ? strtoull(argv[2], NULL, 10) : 0, b = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
  printf("%" PRId64 "\n", (int64_t)(strcmp(argv[1], "far") ? words(a, b) : far(a)));
  return 0;
}
