/* A stack that ends anywhere in what a guest does last: in translated code, in a function of
 * the C library that the compiler calls for a loop, in the dynamic linker that looks it up,
 * or on the way out of a trap. Each depth of a window around the end is tried in a process
 * of its own, since a function is looked up once. */
#define _GNU_SOURCE
#include "ends.h"

#include "../Runtime/test.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK ((size_t)256 << 10)
/* Depths that are tried around the greatest one that fits. Before it, what the dynamic linker
 * takes with all vector registers saved, in the smallest frames; after it, what leaving a trap does. */
#ifndef BEFORE
#define BEFORE 700
#define STEP 1
#endif
#define AFTER 600

#ifdef MANY
static struct ends instance;
#define INSTANCE &instance,
#else
#define INSTANCE
#endif

static struct apus_outcome make(void) {
#ifdef MANY
  return ends_instantiate(&instance, NULL);
#else
  return ends_instantiate();
#endif
}

struct call {
  uint32_t (*body)(uint32_t depth);
  uint32_t depth;
  struct apus_outcome outcome;
};

static uint32_t fill(uint32_t depth) { return ends_export_fill(INSTANCE depth); }
static uint32_t length(uint32_t depth) { return ends_export_length(INSTANCE depth); }
static uint32_t divide(uint32_t depth) { return ends_export_divide(INSTANCE depth); }

static void call_body(void *argument) {
  struct call *call = argument;
  call->body(call->depth);
}

static void *run(void *argument) {
  struct call *call = argument;
  call->outcome = apus_catch(call_body, call);
  return NULL;
}

/* How a call on a fresh stack in a fresh process ends: a trap, or -1 if it takes the process with it. */
static int end_of(uint32_t (*body)(uint32_t), uint32_t depth) {
  pid_t child = fork();
  if (child == 0) {
    pthread_attr_t attributes;
    pthread_t thread;
    struct call call = {.body = body, .depth = depth};
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_create(&thread, &attributes, run, &call);
    pthread_join(thread, NULL);
    _exit((int)call.outcome.trap);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void scan(uint32_t (*body)(uint32_t), int expected) {
  uint32_t fits = 0, ends = (uint32_t)STACK;
  while (ends - fits > 1) {
    uint32_t middle = fits + (ends - fits) / 2;
    if (end_of(body, middle) == expected)
      fits = middle;
    else
      ends = middle;
  }
  expect(fits > 0);
  unsigned lost = 0;
  for (uint32_t depth = fits > BEFORE ? fits - BEFORE : 0; depth < fits + AFTER; depth += STEP) {
    int end = end_of(body, depth);
    lost += end != expected && end != APUS_TRAP_STACK_EXHAUSTED;
  }
  expect(lost == 0);
}

int main(void) {
  expect(make().trap == APUS_TRAP_NONE);
  scan(fill, APUS_TRAP_NONE);
  scan(length, APUS_TRAP_NONE);
  scan(divide, APUS_TRAP_INTEGER_DIVIDE_BY_ZERO);
  return report();
}
