// Written by update.sh; `make lint` compares it with Runtime-C.
#include "runtime_sources.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char core_atomic_c[] = {
#embed "../../Runtime-C/core/atomic.c"
};

static const unsigned char core_calls_c[] = {
#embed "../../Runtime-C/core/calls.c"
};

static const unsigned char core_float_c[] = {
#embed "../../Runtime-C/core/float.c"
};

static const unsigned char core_limits_c[] = {
#embed "../../Runtime-C/core/limits.c"
};

static const unsigned char core_link_c[] = {
#embed "../../Runtime-C/core/link.c"
};

static const unsigned char core_memory_c[] = {
#embed "../../Runtime-C/core/memory.c"
};

static const unsigned char core_memory_layouts_c[] = {
#embed "../../Runtime-C/core/memory_layouts.c"
};

static const unsigned char core_names_c[] = {
#embed "../../Runtime-C/core/names.c"
};

static const unsigned char core_table_c[] = {
#embed "../../Runtime-C/core/table.c"
};

static const unsigned char core_trace_c[] = {
#embed "../../Runtime-C/core/trace.c"
};

static const unsigned char core_trap_c[] = {
#embed "../../Runtime-C/core/trap.c"
};

static const unsigned char core_type_c[] = {
#embed "../../Runtime-C/core/type.c"
};

static const unsigned char include_apus_h[] = {
#embed "../../Runtime-C/include/apus.h"
};

static const unsigned char include_apus_accesses_h[] = {
#embed "../../Runtime-C/include/apus_accesses.h"
};

static const unsigned char include_apus_atomics_h[] = {
#embed "../../Runtime-C/include/apus_atomics.h"
};

static const unsigned char include_apus_calls_h[] = {
#embed "../../Runtime-C/include/apus_calls.h"
};

static const unsigned char include_apus_code_h[] = {
#embed "../../Runtime-C/include/apus_code.h"
};

static const unsigned char include_apus_compare_h[] = {
#embed "../../Runtime-C/include/apus_compare.h"
};

static const unsigned char include_apus_invoke_h[] = {
#embed "../../Runtime-C/include/apus_invoke.h"
};

static const unsigned char include_apus_limits_h[] = {
#embed "../../Runtime-C/include/apus_limits.h"
};

static const unsigned char include_apus_numbers_h[] = {
#embed "../../Runtime-C/include/apus_numbers.h"
};

static const unsigned char include_apus_ramfs_h[] = {
#embed "../../Runtime-C/include/apus_ramfs.h"
};

static const unsigned char include_apus_simd_h[] = {
#embed "../../Runtime-C/include/apus_simd.h"
};

static const unsigned char include_apus_simd_floats_h[] = {
#embed "../../Runtime-C/include/apus_simd_floats.h"
};

static const unsigned char include_apus_simd_integers_h[] = {
#embed "../../Runtime-C/include/apus_simd_integers.h"
};

static const unsigned char include_apus_tasks_h[] = {
#embed "../../Runtime-C/include/apus_tasks.h"
};

static const unsigned char include_apus_threads_h[] = {
#embed "../../Runtime-C/include/apus_threads.h"
};

static const unsigned char include_apus_wasi_h[] = {
#embed "../../Runtime-C/include/apus_wasi.h"
};

static const unsigned char include_apus_wasi_board_h[] = {
#embed "../../Runtime-C/include/apus_wasi_board.h"
};

static const unsigned char include_apus_wasi_types_h[] = {
#embed "../../Runtime-C/include/apus_wasi_types.h"
};

static const unsigned char port_baremetal_alloc_c[] = {
#embed "../../Runtime-C/port/baremetal/alloc.c"
};

static const unsigned char port_baremetal_trap_c[] = {
#embed "../../Runtime-C/port/baremetal/trap.c"
};

static const unsigned char port_baremetal_wait_c[] = {
#embed "../../Runtime-C/port/baremetal/wait.c"
};

static const unsigned char port_board_attributes_c[] = {
#embed "../../Runtime-C/port/board/attributes.c"
};

static const unsigned char port_board_bake_py[] = {
#embed "../../Runtime-C/port/board/bake.py"
};

static const unsigned char port_board_board_h[] = {
#embed "../../Runtime-C/port/board/board.h"
};

static const unsigned char port_board_context_c[] = {
#embed "../../Runtime-C/port/board/context.c"
};

static const unsigned char port_board_files_c[] = {
#embed "../../Runtime-C/port/board/files.c"
};

static const unsigned char port_board_io_c[] = {
#embed "../../Runtime-C/port/board/io.c"
};

static const unsigned char port_board_no_files_c[] = {
#embed "../../Runtime-C/port/board/no_files.c"
};

static const unsigned char port_board_poll_c[] = {
#embed "../../Runtime-C/port/board/poll.c"
};

static const unsigned char port_board_process_c[] = {
#embed "../../Runtime-C/port/board/process.c"
};

static const unsigned char port_board_ramfs_c[] = {
#embed "../../Runtime-C/port/board/ramfs.c"
};

static const unsigned char port_board_sock_c[] = {
#embed "../../Runtime-C/port/board/sock.c"
};

static const unsigned char port_image_apus_image_h[] = {
#embed "../../Runtime-C/port/image/apus_image.h"
};

static const unsigned char port_image_apus_image_invoke_h[] = {
#embed "../../Runtime-C/port/image/apus_image_invoke.h"
};

static const unsigned char port_image_image_c[] = {
#embed "../../Runtime-C/port/image/image.c"
};

static const unsigned char port_image_image_ld[] = {
#embed "../../Runtime-C/port/image/image.ld"
};

static const unsigned char port_image_image_wasi_c[] = {
#embed "../../Runtime-C/port/image/image_wasi.c"
};

static const unsigned char port_image_semihost_c[] = {
#embed "../../Runtime-C/port/image/semihost.c"
};

static const unsigned char port_image_simcall_c[] = {
#embed "../../Runtime-C/port/image/simcall.c"
};

static const unsigned char port_image_software_arithmetic_c[] = {
#embed "../../Runtime-C/port/image/software_arithmetic.c"
};

static const unsigned char port_image_start_cortex_m_c[] = {
#embed "../../Runtime-C/port/image/start_cortex_m.c"
};

static const unsigned char port_image_start_riscv_c[] = {
#embed "../../Runtime-C/port/image/start_riscv.c"
};

static const unsigned char port_image_start_xtensa_c[] = {
#embed "../../Runtime-C/port/image/start_xtensa.c"
};

static const unsigned char port_posix_alloc_c[] = {
#embed "../../Runtime-C/port/posix/alloc.c"
};

static const unsigned char port_posix_listen_c[] = {
#embed "../../Runtime-C/port/posix/listen.c"
};

static const unsigned char port_posix_lock_c[] = {
#embed "../../Runtime-C/port/posix/lock.c"
};

static const unsigned char port_posix_loops_c[] = {
#embed "../../Runtime-C/port/posix/loops.c"
};

static const unsigned char port_posix_main_c[] = {
#embed "../../Runtime-C/port/posix/main.c"
};

static const unsigned char port_posix_memory_guard_c[] = {
#embed "../../Runtime-C/port/posix/memory_guard.c"
};

static const unsigned char port_posix_memory_shared_c[] = {
#embed "../../Runtime-C/port/posix/memory_shared.c"
};

static const unsigned char port_posix_posix_h[] = {
#embed "../../Runtime-C/port/posix/posix.h"
};

static const unsigned char port_posix_stack_c[] = {
#embed "../../Runtime-C/port/posix/stack.c"
};

static const unsigned char port_posix_symbols_c[] = {
#embed "../../Runtime-C/port/posix/symbols.c"
};

static const unsigned char port_posix_thread_c[] = {
#embed "../../Runtime-C/port/posix/thread.c"
};

static const unsigned char port_posix_threads_c[] = {
#embed "../../Runtime-C/port/posix/threads.c"
};

static const unsigned char port_posix_trace_lines_c[] = {
#embed "../../Runtime-C/port/posix/trace_lines.c"
};

static const unsigned char port_posix_trap_c[] = {
#embed "../../Runtime-C/port/posix/trap.c"
};

static const unsigned char port_posix_wait_c[] = {
#embed "../../Runtime-C/port/posix/wait.c"
};

static const unsigned char targets_cortex_m0_json5[] = {
#embed "../../Runtime-C/targets/cortex-m0.json5"
};

static const unsigned char targets_cortex_m3_json5[] = {
#embed "../../Runtime-C/targets/cortex-m3.json5"
};

static const unsigned char targets_cortex_m33_json5[] = {
#embed "../../Runtime-C/targets/cortex-m33.json5"
};

static const unsigned char targets_cortex_m4_json5[] = {
#embed "../../Runtime-C/targets/cortex-m4.json5"
};

static const unsigned char targets_cortex_m4f_json5[] = {
#embed "../../Runtime-C/targets/cortex-m4f.json5"
};

static const unsigned char targets_cortex_m7_json5[] = {
#embed "../../Runtime-C/targets/cortex-m7.json5"
};

static const unsigned char targets_rv32imac_json5[] = {
#embed "../../Runtime-C/targets/rv32imac.json5"
};

static const unsigned char targets_rv32imc_json5[] = {
#embed "../../Runtime-C/targets/rv32imc.json5"
};

static const unsigned char targets_xtensa_json5[] = {
#embed "../../Runtime-C/targets/xtensa.json5"
};

static const unsigned char wasi_wasi_args_c[] = {
#embed "../../Runtime-C/wasi/wasi_args.c"
};

static const unsigned char wasi_wasi_calls_h[] = {
#embed "../../Runtime-C/wasi/wasi_calls.h"
};

static const unsigned char wasi_wasi_context_c[] = {
#embed "../../Runtime-C/wasi/wasi_context.c"
};

static const unsigned char wasi_wasi_core_h[] = {
#embed "../../Runtime-C/wasi/wasi_core.h"
};

static const unsigned char wasi_wasi_descriptor_c[] = {
#embed "../../Runtime-C/wasi/wasi_descriptor.c"
};

static const unsigned char wasi_wasi_exports_c[] = {
#embed "../../Runtime-C/wasi/wasi_exports.c"
};

static const unsigned char wasi_wasi_fd_c[] = {
#embed "../../Runtime-C/wasi/wasi_fd.c"
};

static const unsigned char wasi_wasi_fixed_c[] = {
#embed "../../Runtime-C/wasi/wasi_fixed.c"
};

static const unsigned char wasi_wasi_functions_h[] = {
#embed "../../Runtime-C/wasi/wasi_functions.h"
};

static const unsigned char wasi_wasi_guest_c[] = {
#embed "../../Runtime-C/wasi/wasi_guest.c"
};

static const unsigned char wasi_wasi_host_c[] = {
#embed "../../Runtime-C/wasi/wasi_host.c"
};

static const unsigned char wasi_wasi_internal_h[] = {
#embed "../../Runtime-C/wasi/wasi_internal.h"
};

static const unsigned char wasi_wasi_io_c[] = {
#embed "../../Runtime-C/wasi/wasi_io.c"
};

static const unsigned char wasi_wasi_open_c[] = {
#embed "../../Runtime-C/wasi/wasi_open.c"
};

static const unsigned char wasi_wasi_path_c[] = {
#embed "../../Runtime-C/wasi/wasi_path.c"
};

static const unsigned char wasi_wasi_path_openat2_c[] = {
#embed "../../Runtime-C/wasi/wasi_path_openat2.c"
};

static const unsigned char wasi_wasi_path_ops_c[] = {
#embed "../../Runtime-C/wasi/wasi_path_ops.c"
};

static const unsigned char wasi_wasi_poll_c[] = {
#embed "../../Runtime-C/wasi/wasi_poll.c"
};

static const unsigned char wasi_wasi_process_c[] = {
#embed "../../Runtime-C/wasi/wasi_process.c"
};

static const unsigned char wasi_wasi_readdir_c[] = {
#embed "../../Runtime-C/wasi/wasi_readdir.c"
};

static const unsigned char wasi_wasi_slots_h[] = {
#embed "../../Runtime-C/wasi/wasi_slots.h"
};

static const unsigned char wasi_wasi_sock_c[] = {
#embed "../../Runtime-C/wasi/wasi_sock.c"
};

static const unsigned char wasi_wasi_table_c[] = {
#embed "../../Runtime-C/wasi/wasi_table.c"
};

static const struct runtime_source sources[] = {
  {"core/atomic.c", core_atomic_c, sizeof core_atomic_c},
  {"core/calls.c", core_calls_c, sizeof core_calls_c},
  {"core/float.c", core_float_c, sizeof core_float_c},
  {"core/limits.c", core_limits_c, sizeof core_limits_c},
  {"core/link.c", core_link_c, sizeof core_link_c},
  {"core/memory.c", core_memory_c, sizeof core_memory_c},
  {"core/memory_layouts.c", core_memory_layouts_c, sizeof core_memory_layouts_c},
  {"core/names.c", core_names_c, sizeof core_names_c},
  {"core/table.c", core_table_c, sizeof core_table_c},
  {"core/trace.c", core_trace_c, sizeof core_trace_c},
  {"core/trap.c", core_trap_c, sizeof core_trap_c},
  {"core/type.c", core_type_c, sizeof core_type_c},
  {"include/apus.h", include_apus_h, sizeof include_apus_h},
  {"include/apus_accesses.h", include_apus_accesses_h, sizeof include_apus_accesses_h},
  {"include/apus_atomics.h", include_apus_atomics_h, sizeof include_apus_atomics_h},
  {"include/apus_calls.h", include_apus_calls_h, sizeof include_apus_calls_h},
  {"include/apus_code.h", include_apus_code_h, sizeof include_apus_code_h},
  {"include/apus_compare.h", include_apus_compare_h, sizeof include_apus_compare_h},
  {"include/apus_invoke.h", include_apus_invoke_h, sizeof include_apus_invoke_h},
  {"include/apus_limits.h", include_apus_limits_h, sizeof include_apus_limits_h},
  {"include/apus_numbers.h", include_apus_numbers_h, sizeof include_apus_numbers_h},
  {"include/apus_ramfs.h", include_apus_ramfs_h, sizeof include_apus_ramfs_h},
  {"include/apus_simd.h", include_apus_simd_h, sizeof include_apus_simd_h},
  {"include/apus_simd_floats.h", include_apus_simd_floats_h, sizeof include_apus_simd_floats_h},
  {"include/apus_simd_integers.h", include_apus_simd_integers_h, sizeof include_apus_simd_integers_h},
  {"include/apus_tasks.h", include_apus_tasks_h, sizeof include_apus_tasks_h},
  {"include/apus_threads.h", include_apus_threads_h, sizeof include_apus_threads_h},
  {"include/apus_wasi.h", include_apus_wasi_h, sizeof include_apus_wasi_h},
  {"include/apus_wasi_board.h", include_apus_wasi_board_h, sizeof include_apus_wasi_board_h},
  {"include/apus_wasi_types.h", include_apus_wasi_types_h, sizeof include_apus_wasi_types_h},
  {"port/baremetal/alloc.c", port_baremetal_alloc_c, sizeof port_baremetal_alloc_c},
  {"port/baremetal/trap.c", port_baremetal_trap_c, sizeof port_baremetal_trap_c},
  {"port/baremetal/wait.c", port_baremetal_wait_c, sizeof port_baremetal_wait_c},
  {"port/board/attributes.c", port_board_attributes_c, sizeof port_board_attributes_c},
  {"port/board/bake.py", port_board_bake_py, sizeof port_board_bake_py},
  {"port/board/board.h", port_board_board_h, sizeof port_board_board_h},
  {"port/board/context.c", port_board_context_c, sizeof port_board_context_c},
  {"port/board/files.c", port_board_files_c, sizeof port_board_files_c},
  {"port/board/io.c", port_board_io_c, sizeof port_board_io_c},
  {"port/board/no_files.c", port_board_no_files_c, sizeof port_board_no_files_c},
  {"port/board/poll.c", port_board_poll_c, sizeof port_board_poll_c},
  {"port/board/process.c", port_board_process_c, sizeof port_board_process_c},
  {"port/board/ramfs.c", port_board_ramfs_c, sizeof port_board_ramfs_c},
  {"port/board/sock.c", port_board_sock_c, sizeof port_board_sock_c},
  {"port/image/apus_image.h", port_image_apus_image_h, sizeof port_image_apus_image_h},
  {"port/image/apus_image_invoke.h", port_image_apus_image_invoke_h, sizeof port_image_apus_image_invoke_h},
  {"port/image/image.c", port_image_image_c, sizeof port_image_image_c},
  {"port/image/image.ld", port_image_image_ld, sizeof port_image_image_ld},
  {"port/image/image_wasi.c", port_image_image_wasi_c, sizeof port_image_image_wasi_c},
  {"port/image/semihost.c", port_image_semihost_c, sizeof port_image_semihost_c},
  {"port/image/simcall.c", port_image_simcall_c, sizeof port_image_simcall_c},
  {"port/image/software_arithmetic.c", port_image_software_arithmetic_c, sizeof port_image_software_arithmetic_c},
  {"port/image/start_cortex_m.c", port_image_start_cortex_m_c, sizeof port_image_start_cortex_m_c},
  {"port/image/start_riscv.c", port_image_start_riscv_c, sizeof port_image_start_riscv_c},
  {"port/image/start_xtensa.c", port_image_start_xtensa_c, sizeof port_image_start_xtensa_c},
  {"port/posix/alloc.c", port_posix_alloc_c, sizeof port_posix_alloc_c},
  {"port/posix/listen.c", port_posix_listen_c, sizeof port_posix_listen_c},
  {"port/posix/lock.c", port_posix_lock_c, sizeof port_posix_lock_c},
  {"port/posix/loops.c", port_posix_loops_c, sizeof port_posix_loops_c},
  {"port/posix/main.c", port_posix_main_c, sizeof port_posix_main_c},
  {"port/posix/memory_guard.c", port_posix_memory_guard_c, sizeof port_posix_memory_guard_c},
  {"port/posix/memory_shared.c", port_posix_memory_shared_c, sizeof port_posix_memory_shared_c},
  {"port/posix/posix.h", port_posix_posix_h, sizeof port_posix_posix_h},
  {"port/posix/stack.c", port_posix_stack_c, sizeof port_posix_stack_c},
  {"port/posix/symbols.c", port_posix_symbols_c, sizeof port_posix_symbols_c},
  {"port/posix/thread.c", port_posix_thread_c, sizeof port_posix_thread_c},
  {"port/posix/threads.c", port_posix_threads_c, sizeof port_posix_threads_c},
  {"port/posix/trace_lines.c", port_posix_trace_lines_c, sizeof port_posix_trace_lines_c},
  {"port/posix/trap.c", port_posix_trap_c, sizeof port_posix_trap_c},
  {"port/posix/wait.c", port_posix_wait_c, sizeof port_posix_wait_c},
  {"targets/cortex-m0.json5", targets_cortex_m0_json5, sizeof targets_cortex_m0_json5},
  {"targets/cortex-m3.json5", targets_cortex_m3_json5, sizeof targets_cortex_m3_json5},
  {"targets/cortex-m33.json5", targets_cortex_m33_json5, sizeof targets_cortex_m33_json5},
  {"targets/cortex-m4.json5", targets_cortex_m4_json5, sizeof targets_cortex_m4_json5},
  {"targets/cortex-m4f.json5", targets_cortex_m4f_json5, sizeof targets_cortex_m4f_json5},
  {"targets/cortex-m7.json5", targets_cortex_m7_json5, sizeof targets_cortex_m7_json5},
  {"targets/rv32imac.json5", targets_rv32imac_json5, sizeof targets_rv32imac_json5},
  {"targets/rv32imc.json5", targets_rv32imc_json5, sizeof targets_rv32imc_json5},
  {"targets/xtensa.json5", targets_xtensa_json5, sizeof targets_xtensa_json5},
  {"wasi/wasi_args.c", wasi_wasi_args_c, sizeof wasi_wasi_args_c},
  {"wasi/wasi_calls.h", wasi_wasi_calls_h, sizeof wasi_wasi_calls_h},
  {"wasi/wasi_context.c", wasi_wasi_context_c, sizeof wasi_wasi_context_c},
  {"wasi/wasi_core.h", wasi_wasi_core_h, sizeof wasi_wasi_core_h},
  {"wasi/wasi_descriptor.c", wasi_wasi_descriptor_c, sizeof wasi_wasi_descriptor_c},
  {"wasi/wasi_exports.c", wasi_wasi_exports_c, sizeof wasi_wasi_exports_c},
  {"wasi/wasi_fd.c", wasi_wasi_fd_c, sizeof wasi_wasi_fd_c},
  {"wasi/wasi_fixed.c", wasi_wasi_fixed_c, sizeof wasi_wasi_fixed_c},
  {"wasi/wasi_functions.h", wasi_wasi_functions_h, sizeof wasi_wasi_functions_h},
  {"wasi/wasi_guest.c", wasi_wasi_guest_c, sizeof wasi_wasi_guest_c},
  {"wasi/wasi_host.c", wasi_wasi_host_c, sizeof wasi_wasi_host_c},
  {"wasi/wasi_internal.h", wasi_wasi_internal_h, sizeof wasi_wasi_internal_h},
  {"wasi/wasi_io.c", wasi_wasi_io_c, sizeof wasi_wasi_io_c},
  {"wasi/wasi_open.c", wasi_wasi_open_c, sizeof wasi_wasi_open_c},
  {"wasi/wasi_path.c", wasi_wasi_path_c, sizeof wasi_wasi_path_c},
  {"wasi/wasi_path_openat2.c", wasi_wasi_path_openat2_c, sizeof wasi_wasi_path_openat2_c},
  {"wasi/wasi_path_ops.c", wasi_wasi_path_ops_c, sizeof wasi_wasi_path_ops_c},
  {"wasi/wasi_poll.c", wasi_wasi_poll_c, sizeof wasi_wasi_poll_c},
  {"wasi/wasi_process.c", wasi_wasi_process_c, sizeof wasi_wasi_process_c},
  {"wasi/wasi_readdir.c", wasi_wasi_readdir_c, sizeof wasi_wasi_readdir_c},
  {"wasi/wasi_slots.h", wasi_wasi_slots_h, sizeof wasi_wasi_slots_h},
  {"wasi/wasi_sock.c", wasi_wasi_sock_c, sizeof wasi_wasi_sock_c},
  {"wasi/wasi_table.c", wasi_wasi_table_c, sizeof wasi_wasi_table_c},
};

const struct runtime_source *runtime_source_at(size_t index) {
  return index < sizeof sources / sizeof *sources ? &sources[index] : NULL;
}
