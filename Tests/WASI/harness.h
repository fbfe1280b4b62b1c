/* harness.h: a guest memory, a port that counts, a tree of files. */
#ifndef HARNESS_H
#define HARNESS_H

#include "wasi_internal.h"

#include "calls.h"

#include <stdio.h>
#include <stdlib.h>

extern int passed, failed;
extern _Atomic long live_allocations, live_bytes;
extern long fail_after; /* fail_after: allocations until one fails, 0: none does */

/* locks.c */
extern const struct apus_lock_ops counting_locks;
extern _Atomic long live_locks, made_locks, destroyed_locks;
bool lock_refused(void); /* the next one cannot be made */

void check(bool condition, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));
#define CHECK(condition) check(condition, __FILE__, __LINE__, "%s", #condition)
#define EXPECT(call, want)                                                                       \
  do {                                                                                           \
    uint32_t got_ = (call);                                                                      \
    check(got_ == (uint32_t)(want), __FILE__, __LINE__, "%s: %u, not %u", #call, got_, (uint32_t)(want)); \
  } while (0)

/* The guest: 16 pages. Paths go to A and B, results to RESULT, data to DATA. */
enum { A = 0, B = 0x2000, IOVS = 0x6000, RESULT = 0x7000, DATA = 0x8000, MEMORY = 0x100000 };
extern uint8_t guest_bytes[MEMORY];
extern struct apus_host guest;
extern struct apus_wasi wasi;
extern enum apus_wasi_resolver test_resolver; /* of wasi_start */
extern const struct apus_wasi_fixed *test_fixed;

uint32_t put(uint32_t at, const char *text); /* the length */
uint32_t u32_at(uint32_t at);
uint64_t u64_at(uint32_t at);

/* The trap that `body` ends with, NONE when it returns. */
enum apus_trap trap_of(void (*body)(void));
extern uint32_t last_exit_status;
/* Whether the running thread is to end. */
extern bool thread_ends;

int open_fds(void);

/* root/, ro/ and outside/ in a new folder; `base` is its name. */
extern char base[256];
extern const char *tree_folder; /* where tree_make makes it; NULL: in APUS_TEST_FOLDER, else in /tmp */
void tree_make(void);
void tree_make_empty(void); /* root and ro without anything in them */
void tree_remove(void);
void tree_file(const char *path, const char *text);
char *tree_path(const char *path); /* base/path, valid until the next call but three */
uint64_t tree_outside(void);       /* a hash of everything in outside/ */

bool has_openat2(void);

/* 3: root as "/root", 4: ro as "/ro" */
void wasi_start(void);
void wasi_start_with(const struct apus_wasi_descriptor *list, int count); /* 5, 6, ... */

/* path_open with all rights the folder passes on, less write where `write` is false. */
uint32_t guest_open(uint32_t fd, const char *path, bool follow, uint32_t oflags, bool write, uint32_t *opened);

void test_table(void);
void test_adversarial(void);
void test_cases(void);
void test_files(void);
void test_layouts(void);
void test_shared(void);
void test_sock(void);
void test_poll(void);
void test_fixed_surroundings(void);
void test_errnos(void);
void test_main(void);
void test_race(void);
void test_differential(void);

#endif
