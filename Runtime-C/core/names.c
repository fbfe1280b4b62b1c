/* What ended a call, as a line of text, with the function's name in it. */
#include "apus_code.h"

/* A text that is cut where the room ends, and the length that it would have. */
struct line {
  char *to;
  size_t size, length;
};

static void put_byte(struct line *line, char byte) {
  if (line->length + 1 < line->size) line->to[line->length] = byte;
  line->length++;
}

static void put(struct line *line, const char *text) {
  while (*text) put_byte(line, *text++);
}

static void put_number(struct line *line, u32 value, u32 base) {
  char digits[10];
  u32 count = 0;
  do digits[count++] = "0123456789abcdef"[value % base];
  while (value /= base);
  while (count) put_byte(line, digits[--count]);
}

/* A name as the table has it: up to NUL, or to the \1 before a symbol. */
static void put_name(struct line *line, const char *name) {
  const char *start = name, *number = "func[";
  while (*number && *start == *number) start++, number++;
  bool is_number = !*number;
  put(line, is_number ? " in " : " in function \"");
  while ((u8)*name > 1) put_byte(line, *name++);
  if (!is_number) put_byte(line, '"');
}

/* --- the function's name by the instruction's offset --------------------------- */

static const char *next(const char *text) {
  while (*text++) {
  }
  return text;
}

/* NULL where no function of the module has that offset. */
static const char *name_at(const struct apus_names *names, u32 offset) {
  const char *text = names->texts, *found = NULL;
  for (u32 k = 0; k < names->count && names->starts[k] <= offset; k++, text = next(text))
    found = names->starts[k] ? text : NULL;
  return found;
}

/* --- and by the symbol of its C function, on hosts ------------------------------- */

#if APUS_HOSTED

static bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 'a' && c <= 'z');
}

/* Is `symbol` w_NAME, with _ for each byte that C does not take? */
static bool is_derived(const char *symbol, const char *name) {
  if (*symbol++ != 'w' || *symbol++ != '_') return false;
  for (; (u8)*name > 1; name++, symbol++)
    if (*symbol != (is_word(*name) ? *name : '_')) return false;
  return !*symbol;
}

static bool is_listed(const char *symbol, const char *name) {
  for (; *name; name++) {
    if (*name != 1) continue;
    const char *s = symbol, *listed = name + 1;
    while (*s && *s == *listed) s++, listed++;
    if (!*s && (u8)*listed <= 1) return true;
  }
  return false;
}

/* Digits in f12, which is func[12] without a name, and in f32_, since f32 is a type; else 0. */
static size_t digits_of(const char *symbol) {
  size_t count = 0;
  if (symbol[0] != 'f') return 0;
  while (symbol[1 + count] >= '0' && symbol[1 + count] <= '9') count++;
  const char *rest = symbol + 1 + count;
  return rest[rest[0] == '_'] ? 0 : count;
}

/* The part of app.w_parse.constprop.0 that is the function's own; cuts the text there. */
static char *own_part(char *symbol) {
  char *found = NULL;
  for (char *part = symbol, *end; part; part = end) {
    for (end = part; *end && *end != '.'; end++) {
    }
    end = *end ? *end = 0, end + 1 : NULL;
    if (!found || (part[0] == 'w' && part[1] == '_') || digits_of(part)) found = part;
  }
  return found;
}

static void put_symbol(struct line *line, const void *pc, const struct apus_names *names) {
  char text[256];
  if (!apus_symbol_at(pc, text, sizeof text)) return;
  const char *symbol = own_part(text);
  if (names) {
    const char *name = names->texts;
    for (u32 k = 0; k < names->count; k++, name = next(name))
      if (is_derived(symbol, name) || is_listed(symbol, name)) {
        put_name(line, name);
        return;
      }
  }
  size_t digits = digits_of(symbol);
  if (digits) {
    put(line, " in func[");
    for (size_t k = 1; k <= digits; k++) put_byte(line, symbol[k]);
    put_byte(line, ']');
  } else if (symbol[0] == 'w' && symbol[1] == '_') {
    put_name(line, symbol + 2);
  }
}

/* The tag of the exception that this thread caught last, if it was thrown there. */
static void put_tag(struct line *line, u32 offset) {
  const struct apus_exception *caught = APUS_LEAVES_CALLS ? apus_caught() : NULL;
  if (!caught || !caught->tag || caught->offset != offset || !caught->tag->name) return;
  put(line, " \"");
  put(line, caught->tag->name);
  put_byte(line, '"');
}

#endif

size_t apus_describe(char *to, size_t size, const struct apus_outcome *outcome, const struct apus_names *names) {
  struct line line = {to, size, 0};
  put(&line, apus_trap_message(outcome->trap));
#if APUS_HOSTED
  if (outcome->trap == APUS_TRAP_EXCEPTION) put_tag(&line, outcome->offset);
#endif
  if (outcome->trap == APUS_TRAP_EXIT) {
    put(&line, " with status ");
    put_number(&line, outcome->exit_status, 10);
  }
  if (outcome->offset) {
    put(&line, " at offset 0x");
    put_number(&line, outcome->offset, 16);
  }
  const char *name = outcome->offset && names ? name_at(names, outcome->offset) : NULL;
  if (name) put_name(&line, name);
#if APUS_HOSTED
  if (!name && outcome->pc) put_symbol(&line, outcome->pc, names);
#endif
  if (size) to[line.length < size ? line.length : size - 1] = 0;
  return line.length;
}
