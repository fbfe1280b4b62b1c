/* CPython, whose scripts can call the program around them: `_host.call(b"...")` is an import. */
#include "reactor.h"

/* Answers each call with its bytes reversed. They are put where the guest's own host_alloc finds room; 0 means
 * that there is an answer, -2 that the host failed. */
uint32_t apus_import_host_call(struct apus_host *host, uint32_t request, uint32_t size, uint32_t answer,
                               uint32_t answer_size) {
  if (!apus_guest(host, request, size) || !apus_guest(host, answer, 4) || !apus_guest(host, answer_size, 4))
    return (uint32_t)-2;
  uint32_t at = guest_export_host_alloc(size);
  uint8_t *to = apus_guest(host, at, size), *from = apus_guest(host, request, size); /* the memory may have moved */
  if (!at || !to) return (uint32_t)-2;
  for (uint32_t k = 0; k < size; k++) to[k] = from[size - 1 - k];
  memcpy(apus_guest(host, answer, 4), &at, 4);
  memcpy(apus_guest(host, answer_size, 4), &size, 4);
  return 0;
}

static void start(void *arguments) {
  (void)arguments;
  apus_exit(guest_export_run());
}

int main(int argc, char **argv) { return run_reactor(argc, argv, start); }
