/* replay.c: runs the kept inputs, one a line in hexadecimal, then random ones.
 *
 *     replay CORPUS COUNT [SEED]     replay - FILE     one input of libFuzzer, told call by call */
#include "harness.h"

#include "fuzz.h"

enum { LONGEST = 4096 };
static uint8_t bytes[LONGEST];

static size_t read_line(const char *line) {
  size_t size = 0;
  unsigned value;
  for (; size < LONGEST && sscanf(line, "%2x", &value) == 1; line += 2) bytes[size++] = (uint8_t)value;
  return size;
}

static int tell(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return 2;
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  printf("%d calls\n", fuzz_run(bytes, size, true));
  tree_remove();
  return 0;
}

int main(int argc, char **argv) {
  static char line[2 * LONGEST + 2];
  if (argc < 3) return 2;
  if (!strcmp(argv[1], "-")) return tell(argv[2]);
  long inputs = 0, made = 0, count = atol(argv[2]);
  FILE *corpus = fopen(argv[1], "r");
  if (!corpus) return 2;
  for (; fgets(line, sizeof line, corpus); inputs++) made += fuzz_run(bytes, read_line(line), false);
  fclose(corpus);
  uint64_t state = argc > 3 ? strtoull(argv[3], NULL, 0) : 1;
  for (long i = 0; i < count; i++) {
    size_t size = 0;
    do {
      state = state * 6364136223846793005u + 1442695040888963407u;
      bytes[size++] = (uint8_t)(state >> 33);
    } while (size < 600);
    made += fuzz_run(bytes, size, false);
  }
  tree_remove();
  printf("fuzz: %ld kept and %ld random inputs, %ld calls as the model says\n", inputs, count, made);
  return inputs == 0;
}
