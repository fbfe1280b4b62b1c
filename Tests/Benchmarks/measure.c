/* measure RUNS [-e FOLDER] COMMAND [ARGUMENT...] [-- [-e FOLDER] COMMAND ...]
 *
 * Runs the commands in turn, each RUNS times, with nothing to read and their
 * output thrown away. Before a run the files in the command's FOLDER are removed.
 * Prints for each a line: least wall time in ns, least CPU
 * time in us and largest resident set in KB, the last two over it and all
 * processes that it waited for. A small program of its own, because a process
 * starts out with the resident set of the one that starts it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct result {
  char **command;
  const char *folder;
  unsigned long long wall, cpu;
  long rss;
};

static void fail(const char *what, char **command) {
  fprintf(stderr, "measure: %s: %s\n", command[0], what);
  exit(1);
}

static unsigned long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (unsigned long long)time.tv_sec * 1000000000u + (unsigned long long)time.tv_nsec;
}

static unsigned long long microseconds(struct timeval time) {
  return (unsigned long long)time.tv_sec * 1000000u + (unsigned long long)time.tv_usec;
}

static void empty(const char *folder) {
  DIR *files = opendir(folder);
  struct dirent *entry;
  if (!files) return;
  while ((entry = readdir(files))) unlinkat(dirfd(files), entry->d_name, 0);
  closedir(files);
}

static void run(struct result *result, const posix_spawn_file_actions_t *actions) {
  pid_t child;
  int status;
  struct rusage used;
  if (result->folder) empty(result->folder);
  unsigned long long begin = now();
  if (posix_spawnp(&child, result->command[0], actions, NULL, result->command, environ))
    fail("cannot be started", result->command);
  if (wait4(child, &status, 0, &used) != child) fail("lost", result->command);
  unsigned long long wall = now() - begin, cpu = microseconds(used.ru_utime) + microseconds(used.ru_stime);
  if (status) fail("ended with a status other than 0", result->command);
  if (wall < result->wall) result->wall = wall;
  if (cpu < result->cpu) result->cpu = cpu;
  if (used.ru_maxrss > result->rss) result->rss = used.ru_maxrss;
}

int main(int argc, char **argv) {
  struct result results[16];
  int count = 0, runs = argc > 1 ? atoi(argv[1]) : 0;
  for (int i = 2; i < argc && count < 16; i++) {
    const char *folder = NULL;
    if (i + 2 < argc && !strcmp(argv[i], "-e")) {
      folder = argv[i + 1];
      i += 2;
    }
    results[count++] = (struct result){.command = &argv[i], .folder = folder, .wall = ~0ull, .cpu = ~0ull};
    while (i < argc && strcmp(argv[i], "--")) i++;
    argv[i] = NULL;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  for (int i = 0; i < runs; i++)
    for (int j = 0; j < count; j++) run(&results[j], &actions);
  for (int j = 0; j < count; j++) printf("%llu %llu %ld\n", results[j].wall, results[j].cpu, results[j].rss);
  posix_spawn_file_actions_destroy(&actions);
  return 0;
}
