/* Primes, found by four threads: a program as a C compiler and its linker make them, with a memory that the first
 * thread fills. `make wasm` compiles it by Python's ziglang. Exits with the number of threads. */
typedef unsigned u32;
typedef unsigned long long u64;
__attribute__((import_module("wasi"), import_name("thread-spawn"))) int thread_spawn(void *argument);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int fd_write(int, const void *, int, int *);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"))) _Noreturn void proc_exit(int);

enum { THREADS = 4, STACK = 16384, LIMIT = 200000 };
static char stacks[THREADS][STACK] __attribute__((aligned(16)));
static struct worker { char *stack; int from, step; } workers[THREADS];
static _Atomic int done, started;
static _Atomic u32 count;
static _Atomic u64 sum;
static int lock;
static u64 largest; /* under the lock */

static void acquire(void) {
  while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) __builtin_wasm_memory_atomic_wait32(&lock, 1, -1);
}
static void release(void) {
  __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
  __builtin_wasm_memory_atomic_notify(&lock, 1);
}
static int is_prime(int n) {
  if (n < 2) return 0;
  for (int k = 2; k * k <= n; k++) if (n % k == 0) return 0;
  return 1;
}
static void work(struct worker *worker) {
  started++;
  for (int n = worker->from; n < LIMIT; n += worker->step)
    if (is_prime(n)) {
      count++;
      sum += (u64)n;
      acquire();
      if (largest < (u64)n) largest = (u64)n;
      release();
    }
  done++;
  __builtin_wasm_memory_atomic_notify((int *)&done, 1);
}
void run(int id, struct worker *worker) { (void)id; work(worker); }
__asm__(".globl wasi_thread_start\n.functype run (i32, i32) -> ()\n.globaltype __stack_pointer, i32\n"
        ".functype wasi_thread_start (i32, i32) -> ()\nwasi_thread_start:\n.functype wasi_thread_start (i32, i32) -> ()\n"
        "local.get 1\ni32.load 0\nglobal.set __stack_pointer\nlocal.get 0\nlocal.get 1\ncall run\nend_function\n");
static void print(const char *name, u64 value) {
  char text[64];
  int end = 64, size = 0, written;
  text[--end] = '\n';
  do text[--end] = (char)('0' + value % 10); while (value /= 10);
  text[--end] = ' ';
  while (name[size]) size++;
  struct { const char *at; int size; } parts[2] = {{name, size}, {text + end, 64 - end}};
  fd_write(1, parts, 2, &written);
}
void _start(void) {
  for (int k = 0; k < THREADS; k++) {
    workers[k] = (struct worker){stacks[k] + STACK, k, THREADS};
    if (thread_spawn(&workers[k]) < 0) proc_exit(2);
  }
  for (int now; (now = done) < THREADS;) __builtin_wasm_memory_atomic_wait32((int *)&done, now, -1);
  print("primes", count), print("sum", sum), print("largest", largest);
  print("grown", (u64)__builtin_wasm_memory_grow(0, 1) > 0);
  proc_exit(started);
}
