/* main.c: runs a translated command as a program of its own.
 *
 * Status: the guest's & 0xff, 134 after a trap, 123 when a folder cannot be
 * opened, 125 when the program cannot be set up otherwise. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "apus_wasi.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_FOLDER = 123, STATUS_SETUP = 125, STATUS_TRAP = 134 };

#define DEFAULT_STACK ((size_t)8 << 20)

struct run {
  const struct apus_program *program;
  struct apus_wasi *wasi;
  struct apus_outcome outcome;
};

static void *run_thread(void *argument) {
  struct run *run = argument;
  const struct apus_program *program = run->program;
  struct apus_host *host = program->host ? program->host() : NULL;
  if (host) host->wasi = run->wasi; /* a start function may already need it */
  if (program->instantiate) run->outcome = program->instantiate();
  if (run->outcome.trap == APUS_TRAP_NONE) {
    host = program->host ? program->host() : NULL;
    if (host) host->wasi = run->wasi;
    run->outcome = apus_catch(program->start, NULL);
  }
  return NULL;
}

static int status_of(const struct run *run) {
  const struct apus_outcome *outcome = &run->outcome;
  if (outcome->trap == APUS_TRAP_NONE) return 0;
  if (outcome->trap == APUS_TRAP_EXIT) return (int)(outcome->exit_status & 0xff);
  const char *name = outcome->offset && run->program->name_of ? run->program->name_of(outcome->offset) : NULL;
  fprintf(stderr, "apus: trap: %s", apus_trap_message(outcome->trap));
  if (outcome->offset) fprintf(stderr, " at offset 0x%lx", (unsigned long)outcome->offset);
  if (name) fprintf(stderr, " in %s", name);
  fputc('\n', stderr);
  return STATUS_TRAP;
}

static int run_program(const struct apus_program *program, struct apus_wasi *wasi) {
  struct run run = {.program = program, .wasi = wasi};
  pthread_attr_t attributes;
  pthread_t thread;
  size_t page = (size_t)sysconf(_SC_PAGESIZE), stack = program->stack_size ? program->stack_size : DEFAULT_STACK;
  if (stack < (size_t)PTHREAD_STACK_MIN) stack = (size_t)PTHREAD_STACK_MIN;
  stack = (stack + page - 1) / page * page;
  int error = pthread_attr_init(&attributes);
  if (!error) {
    error = pthread_attr_setstacksize(&attributes, stack);
    if (!error) error = pthread_create(&thread, &attributes, run_thread, &run);
    pthread_attr_destroy(&attributes);
  }
  if (error) {
    fprintf(stderr, "apus: cannot start a thread: %s\n", strerror(error));
    return STATUS_SETUP;
  }
  pthread_join(thread, NULL);
  int status = status_of(&run);
  if (program->destroy) program->destroy();
  return status;
}

/* --- folders ------------------------------------------------------------------------ */

/* Splits "host::guest::ro" in place. */
static void parse_dir(char *text, struct apus_wasi_dir *dir) {
  dir->host = dir->guest = text;
  dir->read_only = false;
  char *mark = strstr(text, "::");
  if (!mark) return;
  *mark = 0;
  dir->guest = mark + 2;
  mark = strstr(mark + 2, "::");
  if (mark && !strcmp(mark, "::ro")) {
    *mark = 0;
    dir->read_only = true;
  }
}

int apus_main(int argc, char **argv, const struct apus_program *program) {
  struct apus_wasi wasi = {0};
  char message[PATH_MAX + 128];
  int status = STATUS_SETUP;
  size_t size = 0;
  for (int i = 0; i < program->dir_count; i++) size += strlen(program->dirs[i]) + 1;
  struct apus_wasi_dir *dirs = calloc((size_t)program->dir_count + 1, sizeof *dirs);
  char *text = malloc(size + 1);
  if (!dirs || !text) {
    fputs("apus: out of memory\n", stderr);
    goto out;
  }
  char *at = text;
  for (int i = 0; i < program->dir_count; i++) {
    size_t length = strlen(program->dirs[i]) + 1;
    memcpy(at, program->dirs[i], length);
    parse_dir(at, &dirs[i]);
    at += length;
  }
  signal(SIGPIPE, SIG_IGN);
  struct apus_wasi_options options = {
      .argc = argc,
      .argv = argv,
      .env = program->env,
      .env_count = program->env_count,
      .dirs = dirs,
      .dir_count = program->dir_count,
      .resolver = program->resolver,
  };
  message[0] = 0;
  const char *error = apus_wasi_init(&wasi, &options, message, sizeof message);
  if (error) {
    fprintf(stderr, "apus: %s\n", error);
    status = error == message ? STATUS_FOLDER : STATUS_SETUP;
    goto out;
  }
  status = run_program(program, &wasi);
out:
  apus_wasi_destroy(&wasi);
  free(text);
  free(dirs);
  return status;
}
