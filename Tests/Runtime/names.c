/* The line that says what ended a call: by the offset, and by the symbol that
 * an address lies in. */
#include "apus_code.h"

#include "test.h"

#include <string.h>

#define TRANSLATED APUS_CODE __attribute__((noinline, used))
#define SYMBOL(name) __asm__(APUS_SYMBOL name)

/* The start of each is an address in it. */
static TRANSLATED u32 w_core__fmt_T_(u32 x) { return x + 1; }
static TRANSLATED u32 w_parse_3(u32 x) { return x + 2; }
static TRANSLATED u32 f12(u32 x) { return x + 3; }
u32 f32_symbol(u32 x) SYMBOL("f32_");
TRANSLATED u32 f32_symbol(u32 x) { return x + 10; }
static TRANSLATED u32 f13(u32 x) { return x + 4; }
u32 of_split(u32 x) SYMBOL("f12.w_split");
TRANSLATED u32 of_split(u32 x) { return x + 5; }
u32 of_clone(u32 x) SYMBOL("w_clone.constprop.0");
TRANSLATED u32 of_clone(u32 x) { return x + 6; }
u32 app_export_run(u32 x);
TRANSLATED u32 app_export_run(u32 x) { return x + 7; }
static TRANSLATED u32 w_unlisted(u32 x) { return x + 8; }
static TRANSLATED u32 other(u32 x) { return x + 9; }

static const u32 starts[] = {0, 0x20, 0x30, 0x30, 0x50, 0x60, 0x70};
static const char texts[] = "env.print\1f0\0core::fmt<T>\0parse\1w_parse_3\0func[12]\1f12\0split\0clone\0"
                            "run\1w_run_2\1app_export_run";
static const struct apus_names names = {7, starts, texts};

static bool says(const char *text, enum apus_trap trap, u32 offset, u32 (*in)(u32), const struct apus_names *table) {
  struct apus_outcome outcome = {.trap = trap, .offset = offset, .exit_status = 7, .pc = (const void *)(uintptr_t)in};
  char line[100];
  size_t length = apus_describe(line, sizeof line, &outcome, table);
  if (length == strlen(text) && !strcmp(line, text)) return true;
  printf("'%s' is not '%s'\n", line, text);
  return false;
}
#define OUT "out of bounds memory access"
#define by_offset(offset, text) expect(says(text, APUS_TRAP_MEMORY_OUT_OF_BOUNDS, offset, NULL, &names))
#define by_symbol(function, table, text) expect(says(text, APUS_TRAP_MEMORY_OUT_OF_BOUNDS, 0, function, table))

static void offsets(void) {
  by_offset(0x1f, OUT " at offset 0x1f"); /* before the code */
  by_offset(0x20, OUT " at offset 0x20 in function \"core::fmt<T>\"");
  by_offset(0x2f, OUT " at offset 0x2f in function \"core::fmt<T>\"");
  by_offset(0x4f, OUT " at offset 0x4f in func[12]");
  by_offset(0xffffffff, OUT " at offset 0xffffffff in function \"run\"");
  expect(says("unreachable at offset 0x21", APUS_TRAP_UNREACHABLE, 0x21, NULL, NULL));
  expect(says("unreachable", APUS_TRAP_UNREACHABLE, 0, NULL, &names));
  expect(says("exit with status 7", APUS_TRAP_EXIT, 0, NULL, &names));
  expect(says("", APUS_TRAP_NONE, 0, NULL, &names));
}

static void symbols(void) {
  by_symbol(w_core__fmt_T_, &names, OUT " in function \"core::fmt<T>\"");
  by_symbol(w_core__fmt_T_, NULL, OUT " in function \"core__fmt_T_\"");
  by_symbol(w_parse_3, &names, OUT " in function \"parse\"");
  by_symbol(f12, &names, OUT " in func[12]");
  by_symbol(f32_symbol, &names, OUT " in func[32]");
  by_symbol(f13, &names, OUT " in func[13]"); /* another module's */
  by_symbol(of_split, &names, OUT " in function \"split\"");
  by_symbol(of_clone, &names, OUT " in function \"clone\"");
  by_symbol(app_export_run, &names, OUT " in function \"run\"");
  by_symbol(app_export_run, NULL, OUT);
  by_symbol(w_unlisted, &names, OUT " in function \"unlisted\"");
  by_symbol(other, &names, OUT);
  /* What the offset tells is exact. */
  expect(says("unreachable at offset 0x21 in function \"core::fmt<T>\"", APUS_TRAP_UNREACHABLE, 0x21, f12, &names));
  expect(says("unreachable at offset 0x1 in func[12]", APUS_TRAP_UNREACHABLE, 1, f12, &names));
  char data[1], text[64];
  struct apus_outcome outcome = {.trap = APUS_TRAP_UNREACHABLE, .pc = data};
  apus_describe(text, sizeof text, &outcome, &names);
  expect(!strcmp(text, "unreachable"));
}

static void room(void) {
  struct apus_outcome outcome = {.trap = APUS_TRAP_UNREACHABLE, .offset = 0x2f};
  static const char all[] = "unreachable at offset 0x2f in function \"core::fmt<T>\"";
  for (size_t size = 0; size <= sizeof all + 1; size++) {
    char text[80];
    memset(text, '#', sizeof text);
    expect(apus_describe(text, size, &outcome, &names) == sizeof all - 1);
    size_t kept = size < sizeof all ? (size ? size - 1 : 0) : sizeof all - 1;
    expect(!memcmp(text, all, kept) && (size == 0 || text[kept] == 0) && text[size] == '#');
  }
}

int main(void) {
  offsets();
  symbols();
  room();
  return report();
}
