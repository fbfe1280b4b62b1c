/* suite_main.c: the program around a module of wasi-testsuite, translated with
 * `--name module`:
 *
 *     module --resolver walk --dir HOST::GUEST --env K=V -- ARGUMENTS...
 *
 * (`apus build` puts folders and environment into the program; here each run has
 * its own.) It is no part of the unit tests. */
#include "module.h"
#include "apus_wasi.h"

#include <stdio.h>
#include <string.h>

enum { MAX = 16 };

static struct module instance;

static struct apus_outcome instantiate(void) {
  struct module_imports imports;
  module_default_imports(&imports);
  return module_instantiate(&instance, &imports);
}
static void start(void *unused) {
  (void)unused;
  module_export__start(&instance);
}
static void destroy(void) { module_destroy(&instance); }
static struct apus_host *host(void) { return &instance.host; }

int main(int argc, char **argv) {
  static const char *dirs[MAX], *env[MAX];
  struct apus_program program = {
      .dirs = dirs, .env = env, .instantiate = instantiate, .start = start, .destroy = destroy, .host = host};
  int at = 1;
  for (; at + 1 < argc && strcmp(argv[at], "--"); at += 2) {
    if (program.dir_count == MAX || program.env_count == MAX) return 2;
    if (!strcmp(argv[at], "--dir")) dirs[program.dir_count++] = argv[at + 1];
    else if (!strcmp(argv[at], "--env")) env[program.env_count++] = argv[at + 1];
    else if (!strcmp(argv[at], "--resolver"))
      program.resolver = strcmp(argv[at + 1], "walk") ? APUS_WASI_RESOLVER_OPENAT2 : APUS_WASI_RESOLVER_WALK;
    else return 2;
  }
  if (at >= argc) return 2;
  argv[at] = argv[0]; /* the program's name stands before its arguments */
  return apus_main(argc - at, argv + at, &program);
}
