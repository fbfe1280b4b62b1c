/* wasi_exports.c: the functions under the names that translated modules call,
 * for wasi_snapshot_preview1 and for the older wasi_unstable. An embedder's own
 * function of the same name takes the place of one. */
#include "wasi_calls.h"
#ifndef APUS_CONFIG_WASI_BOARD
#include "apus_threads.h"
#endif

#define REPLACEABLE __attribute__((weak))

/* The only place that traps: whatever the call held it has let go of. */
static uint32_t finish(uint32_t error) {
#ifndef APUS_CONFIG_WASI_BOARD
  apus_thread_leave();
#endif
  if (error == WASI_TRAP) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, 0);
  return error;
}

#define DEFINE(name, parameters, arguments)                                                                           \
  REPLACEABLE uint32_t WASI_PREVIEW1_SYMBOL(name) parameters { return finish(wasi_##name(WASI_UNPACK arguments)); }   \
  REPLACEABLE uint32_t WASI_UNSTABLE_SYMBOL(name) parameters { return finish(wasi_##name(WASI_UNPACK arguments)); }
#define DEFINE_LAYOUT(name, parameters, arguments)                                                                    \
  REPLACEABLE uint32_t WASI_PREVIEW1_SYMBOL(name) parameters {                                                        \
    return finish(wasi_##name(WASI_UNPACK arguments, WASI_PREVIEW1));                                                 \
  }                                                                                                                   \
  REPLACEABLE uint32_t WASI_UNSTABLE_SYMBOL(name) parameters {                                                        \
    return finish(wasi_##name(WASI_UNPACK arguments, WASI_UNSTABLE));                                                 \
  }
WASI_CALLS(DEFINE, DEFINE_LAYOUT)

REPLACEABLE uint32_t WASI_PREVIEW1_SYMBOL(sock_accept)(struct apus_host *host, uint32_t a, uint32_t b, uint32_t c) {
  return finish(wasi_sock_accept(host, a, b, c));
}

REPLACEABLE void WASI_PREVIEW1_SYMBOL(proc_exit)(struct apus_host *host, uint32_t status) {
  (void)host;
  apus_exit(status);
}

REPLACEABLE void WASI_UNSTABLE_SYMBOL(proc_exit)(struct apus_host *host, uint32_t status) {
  (void)host;
  apus_exit(status);
}
