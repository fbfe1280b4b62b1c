/* A plugin of QEMU's that prints how many instructions the guest executed. Debian's QEMU has no header for plugins, so
 * what is needed of it stands here. */
#include <stdint.h>
#include <stdio.h>

struct qemu_plugin_tb;

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*translated)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_inline(void *insn, int operation, void *counter, uint64_t amount);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*ended)(uint64_t id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
void *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);

int qemu_plugin_version = 1;

static uint64_t executed;

/* Each by itself: a block may end by a fault in its middle. */
static void count(uint64_t id, struct qemu_plugin_tb *tb) {
  (void)id;
  for (size_t k = 0; k < qemu_plugin_tb_n_insns(tb); k++)
    qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(tb, k), 0 /* add */, &executed, 1);
}

static void print(uint64_t id, void *data) {
  (void)id, (void)data;
  fprintf(stderr, "instructions %llu\n", (unsigned long long)executed);
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv) {
  (void)info, (void)argc, (void)argv;
  qemu_plugin_register_vcpu_tb_trans_cb(id, count);
  qemu_plugin_register_atexit_cb(id, print, NULL);
  return 0;
}
