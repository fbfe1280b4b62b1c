/* QuickJS, given arguments as its command is, with what it exports: made, asked for its context, and
 * unmade. */
#include "reactor.h"

static void start(void *argument) {
  const struct arguments *arguments = argument;
  guest_export__initialize();
  uint32_t list = guest_export_calloc((uint32_t)arguments->count + 1, 4);
  if (!list) apus_exit(2);
  for (int k = 0; k < arguments->count; k++) {
    const char *text = k ? arguments->texts[k] : "qjs";
    uint32_t string = to_guest(guest_export_malloc, text, (uint32_t)strlen(text) + 1);
    memcpy(of_guest(list + 4 * (uint32_t)k, 4), &string, 4);
  }
  bool failed = guest_export_qjs_init_argv((uint32_t)arguments->count, list) != 0;
  printf("a context: %d\n", guest_export_qjs_get_context() != 0);
  guest_export_qjs_destroy();
  apus_exit(failed);
}

int main(int argc, char **argv) { return run_reactor(argc, argv, start); }
