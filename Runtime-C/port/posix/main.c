/* main.c: runs a translated command as a program of its own.
 *
 * Status: the guest's & 0xff, 134 after a trap, 122 when arguments of --invoke are no
 * values, 123 when a folder, file or address cannot be opened, 125 when the program
 * cannot be set up otherwise. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "apus_wasi.h"
#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_OPEN = 123, STATUS_SETUP = 125, STATUS_TRAP = 134 };

struct run {
  const struct apus_program *program;
  struct apus_wasi *wasi;
  int64_t fuel;
  uint32_t timeout;
  FILE *trace;
  uint64_t events, hash;
  struct apus_outcome outcome;
  char text[512]; /* of a trap: what it tells of lies in the instance */
};

static const char interrupted[] = "apus: trap: interrupted\n";
static struct apus_interrupt *volatile to_interrupt;

/* The first time asks the guest to end; if that is in a host function, it ends with the process a second later. */
static void on_alarm(int signal) {
  (void)signal;
  struct apus_interrupt *there = to_interrupt;
  if (!there) {
    ssize_t ignored = write(2, interrupted, sizeof interrupted - 1);
    (void)ignored;
    _exit(STATUS_TRAP);
  }
  to_interrupt = NULL;
  apus_interrupt(there);
  alarm(1);
}

static void begin_timeout(uint32_t seconds) {
  struct sigaction action = {0};
  action.sa_handler = on_alarm;
  action.sa_flags = SA_RESTART;
  to_interrupt = apus_interrupt_here();
  sigaction(SIGALRM, &action, NULL);
  alarm(seconds);
}

/* --- traces -------------------------------------------------------------------------- */

/* NULL for a hash of them. */
static bool open_trace(const char *path, FILE **file) {
  *file = !*path ? NULL : strcmp(path, "-") ? fopen(path, "we") : stderr;
  if (*path && !*file) fprintf(stderr, "apus: cannot open %s: %s\n", path, strerror(errno));
  return !*path || *file;
}

static bool close_trace(const char *path, FILE *file) {
  bool is_written = !file || file == stderr || (!ferror(file) && !fclose(file));
  if (!is_written) fprintf(stderr, "apus: cannot write %s\n", path);
  return is_written;
}

static void *run_thread(void *argument) {
  struct run *run = argument;
  if (run->program->trace) apus_trace_to(run->trace ? apus_trace_write : NULL, run->trace);
  apus_fuel_give(run->fuel);
  if (run->timeout) begin_timeout(run->timeout);
  const struct apus_program *program = run->program;
  struct apus_host *host = program->host ? program->host() : NULL;
  if (host) host->wasi = run->wasi; /* a start function may already need it */
  if (program->instantiate) run->outcome = program->instantiate();
  if (run->outcome.trap == APUS_TRAP_NONE) {
    host = program->host ? program->host() : NULL;
    if (host) host->wasi = run->wasi;
    run->outcome = program->threads ? apus_threads_catch(program->threads, program->start, NULL)
                                    : apus_catch(program->start, NULL);
  }
  if (run->timeout) alarm(0);
  run->fuel -= apus_fuel_left();
  if (run->program->trace) run->hash = apus_trace_hash(&run->events);
  if (run->outcome.trap) apus_describe(run->text, sizeof run->text, &run->outcome, program->names);
  if (program->destroy) program->destroy(); /* in this thread: it may be its own state */
  return NULL;
}

static int status_of(const struct run *run) {
  const struct apus_outcome *outcome = &run->outcome;
  if (outcome->trap == APUS_TRAP_NONE) return 0;
  if (outcome->trap == APUS_TRAP_EXIT) return (int)(outcome->exit_status & 0xff);
  fprintf(stderr, "apus: trap: %s\n", run->text);
  return STATUS_TRAP;
}

/* What a variable of the environment says, which the guest does not see, or `number`. */
static bool limit(const char *name, int64_t greatest, int64_t *number) {
  const char *text = getenv(name);
  if (!text) return true;
  char *end;
  errno = 0;
  long long value = strtoll(text, &end, 10);
  if (errno || end == text || *end || value < 0 || value > greatest) {
    fprintf(stderr, "apus: %s takes a number from 0 to %lld, not '%s'\n", name, (long long)greatest, text);
    return false;
  }
  *number = value;
  unsetenv(name);
  return true;
}

static int run_program(const struct apus_program *program, struct apus_wasi *wasi, int64_t fuel, int64_t timeout) {
  struct run run = {.program = program, .wasi = wasi, .fuel = fuel, .timeout = (uint32_t)timeout};
  if (program->trace && !open_trace(program->trace, &run.trace)) return STATUS_OPEN;
  pthread_t thread;
  int error = apus_thread_create(&thread, program->stack_size, run_thread, &run);
  if (error) {
    fprintf(stderr, "apus: cannot start a thread: %s\n", strerror(error));
    return STATUS_SETUP;
  }
  pthread_join(thread, NULL);
  if (program->trace && !*program->trace)
    fprintf(stderr, "apus: trace: %llu events, hash %016llx\n", (unsigned long long)run.events,
            (unsigned long long)run.hash);
  if (program->trace && !close_trace(program->trace, run.trace)) return STATUS_SETUP;
  if (program->reports_fuel) fprintf(stderr, "apus: fuel: %lld used\n", (long long)run.fuel);
  return status_of(&run);
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

/* --- what the guest gets ------------------------------------------------------------- */

extern char **environ;

/* Everything that apus_wasi_init is told; `wasi` copies it or takes it over. */
struct setup {
  char *text; /* of the folders */
  struct apus_wasi_dir *dirs;
  const char **env;
  int env_count;
  char **argv;
  struct apus_wasi_descriptor *sockets;
  int socket_count; /* that are open */
  int stdio[3];
  bool held[3]; /* was closed when we came */
};

/* Where one of 0 to 2 is closed, the next file that is opened would get its number, and
 * the guest's output or a message of ours would go there. */
static bool hold_standard(struct setup *setup) {
  for (int fd = 0; fd < 3; fd++) {
    setup->stdio[fd] = fd;
    if (fcntl(fd, F_GETFD) >= 0) continue;
    setup->held[fd] = open("/dev/null", O_RDWR | O_CLOEXEC) == fd;
    if (!setup->held[fd]) return false;
    setup->stdio[fd] = -1;
  }
  return true;
}

static bool allocate(struct setup *setup, const struct apus_program *program, int argc) {
  size_t size = 1, inherited = 0;
  for (int i = 0; i < program->dir_count; i++) size += strlen(program->dirs[i]) + 1;
  while (program->inherit_env && environ && environ[inherited]) inherited++;
  setup->text = malloc(size);
  setup->dirs = calloc((size_t)program->dir_count + 1, sizeof *setup->dirs);
  setup->env = calloc((size_t)program->env_count + inherited + 1, sizeof *setup->env);
  setup->argv = calloc((size_t)argc + 2, sizeof *setup->argv);
  setup->sockets = calloc((size_t)program->listen_count + 1, sizeof *setup->sockets);
  return setup->text && setup->dirs && setup->env && setup->argv && setup->sockets;
}

static void fill_dirs(struct setup *setup, const struct apus_program *program) {
  char *at = setup->text;
  for (int i = 0; i < program->dir_count; i++) {
    size_t length = strlen(program->dirs[i]) + 1;
    memcpy(at, program->dirs[i], length);
    parse_dir(at, &setup->dirs[i]);
    at += length;
  }
}

/* The given variables, then those of the process that have other names. */
static void fill_env(struct setup *setup, const struct apus_program *program) {
  for (int i = 0; i < program->env_count; i++) setup->env[setup->env_count++] = program->env[i];
  for (char **at = environ; program->inherit_env && at && *at; at++) {
    size_t length = strcspn(*at, "=");
    bool given = false;
    for (int i = 0; i < program->env_count && !given; i++)
      given = !strncmp(program->env[i], *at, length) && program->env[i][length] == '=';
    if (!given) setup->env[setup->env_count++] = *at;
  }
}

static bool open_file(int *to, const char *path, int flags) {
  if (!path) return true;
  *to = open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
  if (*to < 0) fprintf(stderr, "apus: cannot open %s: %s\n", path, strerror(errno));
  return *to >= 0;
}

/* Files and sockets; false once one could not be opened. */
static bool open_all(struct setup *setup, const struct apus_program *program) {
  char message[256];
  if (!open_file(&setup->stdio[0], program->stdin_path, O_RDONLY)) return false;
  if (!open_file(&setup->stdio[1], program->stdout_path, O_WRONLY | O_CREAT | O_TRUNC)) return false;
  for (int i = 0; i < program->listen_count; i++) {
    int socket = apus_listen(program->listen[i], message, sizeof message);
    if (socket < 0) {
      fprintf(stderr, "apus: %s\n", message);
      return false;
    }
    setup->sockets[setup->socket_count++] = (struct apus_wasi_descriptor){.host = socket};
  }
  return true;
}

static void release(struct setup *setup) {
  for (int i = 0; i < setup->socket_count; i++) close(setup->sockets[i].host);
  if (setup->stdio[0] > 2) close(setup->stdio[0]);
  if (setup->stdio[1] > 2) close(setup->stdio[1]);
  for (int fd = 0; fd < 3; fd++)
    if (setup->held[fd]) close(fd);
  free(setup->sockets);
  free(setup->argv);
  free(setup->env);
  free(setup->dirs);
  free(setup->text);
}

int apus_main(int argc, char **argv, const struct apus_program *program) {
  struct apus_wasi wasi = {0};
  struct setup setup = {0};
  char message[PATH_MAX + 128];
  int status = STATUS_SETUP;
  if (!hold_standard(&setup)) goto out; /* and nobody could be told */
  if (!allocate(&setup, program, argc)) {
    fputs("apus: out of memory\n", stderr);
    goto out;
  }
  /* What the guest writes in vain is an errno, not the end of the process. */
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  int64_t fuel = program->fuel, timeout = program->timeout;
  if (fuel && !limit("APUS_FUEL", INT64_MAX, &fuel)) goto out;
  if (timeout && !limit("APUS_TIMEOUT", INT32_MAX, &timeout)) goto out;
  fill_dirs(&setup, program);
  fill_env(&setup, program);
  for (int i = 0; i < argc; i++) setup.argv[i] = argv[i];
  if (program->argv0) {
    setup.argv[0] = (char *)(uintptr_t)program->argv0;
    if (!argc) argc = 1;
  }
  if (!open_all(&setup, program)) {
    status = STATUS_OPEN;
    goto out;
  }
  struct apus_wasi_options options = {
      .argc = argc,
      .argv = setup.argv,
      .env = setup.env,
      .env_count = setup.env_count,
      .dirs = setup.dirs,
      .dir_count = program->dir_count,
      .descriptors = setup.sockets,
      .descriptor_count = setup.socket_count,
      .stdio = setup.stdio,
      .locks = program->threads ? &apus_locks_pthread : NULL,
      .resolver = program->resolver,
      .fixed = program->fixed,
  };
  message[0] = 0;
  const char *error = apus_wasi_init(&wasi, &options, message, sizeof message);
  if (error) {
    fprintf(stderr, "apus: %s\n", error);
    status = error == message ? STATUS_OPEN : STATUS_SETUP;
    goto out;
  }
  status = run_program(program, &wasi, fuel, timeout);
out:
  apus_wasi_destroy(&wasi);
  release(&setup);
  return status;
}
