/* Threads of wasi-threads: started, ended together, and joined. */
#define _GNU_SOURCE
#include "posix.h"

#include <signal.h>
#include <time.h>

#define DEFAULT_GREATEST 1024
#define GREATEST_NUMBER 0x1fffffffu

enum state { STARTING, RUNNING, REFUSED, DONE };

struct thread {
  struct apus_group *group;
  struct thread *next;
  pthread_t thread;
  u32 number, argument;
  enum state state; /* under the group's lock */
  bool is_awaited;  /* whoever starts it still looks at it, also when it has ended: nobody may join it */
  void *instance;   /* NULL in `one` */
  struct apus_host host; /* of whoever started it */
};

/* All threads under one apus_threads_catch, which it lies in. */
struct apus_group {
  const struct apus_threads *threads;
  struct apus_group *outer; /* the one that the main thread belongs to besides */
  pthread_mutex_t lock;
  pthread_cond_t changed; /* a thread's state, or has_left */
  struct thread *first;
  u32 count, last_number;
  bool ends; /* read without the lock by those that are to end */
  struct apus_outcome outcome;
  pthread_t main;
  bool has_left; /* the main thread has left the body */
};

static _Thread_local struct apus_group *here;

struct apus_group *apus_group_here(void) { return here; }

bool apus_thread_ends(void) {
  for (const struct apus_group *group = here; group; group = group->outer)
    if (__atomic_load_n(&group->ends, __ATOMIC_ACQUIRE)) return true;
  return false;
}

/* --- the end ------------------------------------------------------------------------------ */

/* The first outcome counts. Answers whether this was it. */
static bool end_group(struct apus_group *group, const struct apus_outcome *outcome) {
  pthread_mutex_lock(&group->lock);
  bool is_first = !group->ends;
  if (is_first) {
    group->outcome = *outcome;
    __atomic_store_n(&group->ends, true, __ATOMIC_RELEASE);
  }
  pthread_mutex_unlock(&group->lock);
  return is_first;
}

/* Under the lock: waits a little, a little longer each time, for what others change. A signal may have come just
 * before a thread began to wait, so it is sent again. */
static void wait_a_little(struct apus_group *group, long *milliseconds) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_nsec += *milliseconds * 1000000;
  time.tv_sec += time.tv_nsec / 1000000000;
  time.tv_nsec %= 1000000000;
  pthread_cond_timedwait(&group->changed, &group->lock, &time);
  if (*milliseconds < 16) *milliseconds *= 2;
}

/* Under the lock. */
static void interrupt(const struct thread *thread) {
  bool runs = thread->state == STARTING || thread->state == RUNNING;
  if (runs && !pthread_equal(thread->thread, pthread_self())) pthread_kill(thread->thread, APUS_INTERRUPT);
}

/* By the thread that ended the group, if that is not the main one, which may wait for one that starts. */
static void call_main_back(struct apus_group *group) {
  long milliseconds = 1;
  pthread_mutex_lock(&group->lock);
  while (!group->has_left) {
    pthread_kill(group->main, APUS_INTERRUPT);
    for (struct thread *thread = group->first; thread; thread = thread->next) interrupt(thread);
    pthread_mutex_unlock(&group->lock);
    apus_waiters_end(group);
    pthread_mutex_lock(&group->lock);
    if (!group->has_left) wait_a_little(group, &milliseconds);
  }
  pthread_mutex_unlock(&group->lock);
}

static void release(struct thread *thread) {
  if (thread->instance) apus_port_release(thread->instance, thread->group->threads->module->size);
  apus_port_release(thread, sizeof *thread);
}

/* Joins a thread that is done and is in no list any more. */
static void join(struct thread *thread) {
  pthread_join(thread->thread, NULL);
  release(thread);
}

/* Joins those that are done; answers, under the lock that it is called with, whether others are left. */
static bool join_done(struct apus_group *group, bool interrupts) {
  for (struct thread **link = &group->first; *link;) {
    struct thread *thread = *link;
    if (!thread->is_awaited && (thread->state == DONE || thread->state == REFUSED)) {
      *link = thread->next;
      group->count--;
      pthread_mutex_unlock(&group->lock);
      join(thread);
      pthread_mutex_lock(&group->lock);
      link = &group->first;
      continue;
    }
    if (interrupts) interrupt(thread);
    link = &thread->next;
  }
  return group->first != NULL;
}

/* By the main thread, after the body. */
static void join_all(struct apus_group *group) {
  long milliseconds = 1;
  pthread_mutex_lock(&group->lock);
  group->has_left = true;
  pthread_cond_broadcast(&group->changed);
  while (join_done(group, true)) {
    pthread_mutex_unlock(&group->lock);
    apus_waiters_end(group);
    pthread_mutex_lock(&group->lock);
    wait_a_little(group, &milliseconds);
  }
  pthread_mutex_unlock(&group->lock);
}

/* --- a thread -------------------------------------------------------------------------------- */

/* Whoever called us may have blocked it. */
static void let_interrupts(sigset_t *before) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, APUS_INTERRUPT);
  pthread_sigmask(SIG_UNBLOCK, &set, before);
}

static void set_state(struct thread *thread, enum state state) {
  pthread_mutex_lock(&thread->group->lock);
  thread->state = state;
  pthread_cond_broadcast(&thread->group->changed);
  pthread_mutex_unlock(&thread->group->lock);
}

static void run_body(void *argument) {
  struct thread *thread = argument;
  thread->group->threads->module->start(thread->instance, thread->number, thread->argument);
}

static void *run_thread(void *argument) {
  struct thread *thread = argument;
  struct apus_group *group = thread->group;
  const struct apus_thread_module *module = group->threads->module;
  here = group;
  let_interrupts(NULL);
  struct apus_host *host = module->host(thread->instance);
  host->user = thread->host.user;
  host->wasi = thread->host.wasi;
  struct apus_outcome outcome = module->instantiate(thread->instance, group->threads->imports);
  bool is_refused = outcome.trap == APUS_TRAP_OUT_OF_MEMORY;
  if (!outcome.trap) {
    set_state(thread, RUNNING);
    outcome = apus_catch(run_body, thread);
  }
  module->destroy(thread->instance);
  if (is_refused) {
    set_state(thread, REFUSED);
    return NULL;
  }
  if (outcome.trap && end_group(group, &outcome)) call_main_back(group);
  set_state(thread, DONE);
  return NULL;
}

/* --- starting --------------------------------------------------------------------------------- */

static bool has_number(const struct apus_group *group, u32 number) {
  for (const struct thread *thread = group->first; thread; thread = thread->next)
    if (thread->number == number) return true;
  return false;
}

/* Under the lock: starts a thread, puts it in the list, and waits until it has its instance or is refused one. False,
 * and it is in no list, where there can be no thread. */
static bool start(struct apus_group *group, struct thread *thread) {
  do group->last_number = group->last_number % GREATEST_NUMBER + 1;
  while (has_number(group, group->last_number));
  thread->number = group->last_number;
  if (apus_thread_create(&thread->thread, group->threads->stack_size, run_thread, thread)) return false;
  group->count++;
  thread->is_awaited = true;
  thread->next = group->first;
  group->first = thread;
  while (thread->state == STARTING) pthread_cond_wait(&group->changed, &group->lock);
  return true;
}

__attribute__((weak)) u32 apus_import_wasi_thread_2dspawn(struct apus_host *host, u32 argument) {
  struct apus_group *group = here;
  const u32 refused = UINT32_MAX;
  if (!group || !group->threads->module) return refused;
  const struct apus_thread_module *module = group->threads->module;
  u32 number = refused, greatest = group->threads->greatest;
  struct thread *thread = apus_port_alloc(sizeof *thread);
  if (!thread) return refused;
  *thread = (struct thread){.group = group, .argument = argument, .host = *host};
  if (module->size) thread->instance = apus_port_alloc(module->size);

  pthread_mutex_lock(&group->lock);
  join_done(group, false);
  bool may = (!module->size || thread->instance) && !group->ends &&
             group->count < (greatest ? greatest : DEFAULT_GREATEST);
  if (may && start(group, thread)) {
    if (thread->state != REFUSED) number = thread->number;
    thread->is_awaited = false;
    thread = NULL;
    join_done(group, false);
  }
  pthread_mutex_unlock(&group->lock);
  if (thread) release(thread);
  apus_thread_leave();
  return number;
}

struct apus_outcome apus_threads_catch(const struct apus_threads *threads, void (*body)(void *argument),
                                       void *argument) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  struct apus_group group = {.threads = threads, .outer = here, .main = pthread_self()};
  struct apus_outcome outcome = {.trap = APUS_TRAP_OUT_OF_MEMORY};
  uintptr_t limit = apus_stack_limit; /* which an interrupt that comes late may change */
  sigset_t before;
  if (pthread_mutex_init(&group.lock, NULL)) return outcome;
  if (pthread_cond_init(&group.changed, NULL) == 0) {
    pthread_once(&once, apus_interrupts_install);
    let_interrupts(&before);
    here = &group;
    outcome = apus_catch(body, argument);
    here = group.outer;
    apus_stack_limit = limit;
    end_group(&group, &outcome);
    join_all(&group);
    outcome = group.outcome;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_cond_destroy(&group.changed);
  }
  pthread_mutex_destroy(&group.lock);
  return outcome;
}
