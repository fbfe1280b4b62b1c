/* Without an operating system there is one thread: nobody could end a wait. */
#define APUS_ATOMICS
#include "apus_code.h"

u32 apus_port_wait(u8 *p, u32 width, u64 expected, i64 timeout) {
  (void)timeout;
  return apus_atomic_load(p, width) == expected ? 2 : 1;
}

u32 apus_port_notify(const u8 *p, u32 count) {
  (void)p, (void)count;
  return 0;
}

/* wasi.thread-spawn answers that there are no threads. */
u32 apus_import_wasi_thread_2dspawn(struct apus_host *host, u32 argument);
__attribute__((weak)) u32 apus_import_wasi_thread_2dspawn(struct apus_host *host, u32 argument) {
  (void)host, (void)argument;
  return UINT32_MAX;
}
