/* counting.h: a port that counts all that it hands out and can refuse it. */
#ifndef COUNTING_H
#define COUNTING_H

#include "faults.h"
#include "harness.h"
#include "wasi_slots.h"

/* Which points fail, counted from 1 since fault_plan; 0: none. */
struct fault_plan {
  long first;
  long second;   /* another one after it, 0: none */
  bool for_ever; /* all from `first` on */
  int error;
};
void fault_plan(struct fault_plan plan);
long fault_count(void);          /* points since fault_plan */
const char *fault_fired(void);   /* the last call that was made to fail since fault_plan, or NULL */

/* Says what is still there, one line for each counter that is not as it was. */
struct counters {
  long allocations, bytes, locks, handles, streams;
  long lowest_free_fd;
};
struct counters counters_now(void);
struct counters counters_held(void); /* without the lowest free descriptor: for when there is none */
bool counters_equal(const struct counters *a, const struct counters *b, const char *when);

/* `dir_count` folders, arguments, environment, and the counting locks. */
const char *counted_init(struct apus_wasi *context, int dir_count);

/* A socket that listens, for counted_init to give away after the folders; -1: none. */
extern int listening;
void listen_here(void);
void listen_no_more(void);
int connect_here(void);           /* a connection that waits to be accepted, with "hello" to read */
void disconnect_here(int client); /* and what the guest did not accept */

bool all_zero(const struct apus_wasi *context);

/* One run over all functions in the folder root/work. `answered` sees each call. */
void script_run(void (*answered)(const char *call, uint32_t error));
void script_clean(void);

void test_cycles(int count);
void test_regression(int count); /* locks made and destroyed without any folder */
void test_destroy(void);
void test_faults(void);
void test_traps(int count);
void test_storm(int count);
void test_full(void);
void test_numbers(void);
void test_threads(int count);
void test_two(void);

#endif
