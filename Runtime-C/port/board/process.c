/* process.c: clocks, random numbers, yield. Errnos: INVAL (no such clock), NOTSUP
 * (the board does not have it), NOSYS (no context, no entropy). */
#include "board.h"

uint32_t board_now(const struct apus_wasi *wasi, uint64_t *now) {
  const struct apus_wasi_port *port = wasi->port;
  return port->now ? port->now(port->context, 1, now) : WASI_NOTSUP;
}

static uint32_t check(const wasi_host *host, uint32_t id) {
  if (id > 1) return WASI_INVAL;
  if (!host->wasi) return WASI_NOSYS;
  return host->wasi->port->now ? WASI_SUCCESS : WASI_NOTSUP;
}

uint32_t wasi_clock_res_get(wasi_host *host, uint32_t id, uint32_t result) {
  uint32_t error = check(host, id);
  if (error) return error;
  const struct apus_wasi_port *port = host->wasi->port;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  if (!to) return WASI_TRAP;
  wasi_put64(to, port->resolution ? port->resolution(port->context, id) : 1000000);
  return WASI_SUCCESS;
}

uint32_t wasi_clock_time_get(wasi_host *host, uint32_t id, uint64_t precision, uint32_t result) {
  (void)precision; /* a hint */
  uint64_t now;
  uint32_t error = check(host, id);
  if (error) return error;
  const struct apus_wasi_port *port = host->wasi->port;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  if (!to) return WASI_TRAP;
  error = port->now(port->context, id, &now);
  if (!error) wasi_put64(to, now);
  return error;
}

uint32_t wasi_random_get(wasi_host *host, uint32_t buffer, uint32_t length) {
  if (!host->wasi || !host->wasi->port->entropy) return WASI_NOSYS;
  const struct apus_wasi_port *port = host->wasi->port;
  uint8_t *to = wasi_guest(host, buffer, length, 1);
  return to ? port->entropy(port->context, to, length) : WASI_TRAP;
}

uint32_t wasi_sched_yield(wasi_host *host) {
  if (host->wasi && host->wasi->port->yield) host->wasi->port->yield(host->wasi->port->context);
  return WASI_SUCCESS;
}

uint32_t wasi_proc_raise(wasi_host *host, uint32_t signal) {
  (void)host, (void)signal;
  return WASI_NOSYS;
}
