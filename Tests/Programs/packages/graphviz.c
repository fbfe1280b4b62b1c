/* Graphviz, for each three arguments FILE ENGINE FORMAT: prints the graph as it is laid out, or why not. */
#include "reactor.h"

static uint32_t string(const char *text) { return to_guest(guest_export_malloc, text, (uint32_t)strlen(text) + 1); }

static void render(char **what) {
  char graph[16384];
  FILE *file = fopen(what[0], "rb");
  if (!file) apus_exit(2);
  size_t size = fread(graph, 1, sizeof graph - 1, file);
  graph[size] = '\0';
  fclose(file);
  uint32_t given[4] = {string(graph), string(what[1]), string(what[2]), string("size")}, length;
  uint32_t answer = guest_export_graphviz_render(given[0], given[2], given[1], given[3]);
  printf("%s by %s as %s: ", what[0], what[1], what[2]);
  if (answer) {
    memcpy(&length, of_guest(given[3], 4), 4);
    fwrite(of_guest(answer, length), 1, length, stdout);
    guest_export_graphviz_free(answer);
  } else {
    printf("%s\n", (const char *)of_guest(guest_export_graphviz_last_error(), 1));
  }
  for (int k = 0; k < 4; k++) guest_export_free(given[k]);
}

static void start(void *argument) {
  const struct arguments *arguments = argument;
  for (int k = 1; k + 2 < arguments->count; k += 3) render(arguments->texts + k);
  apus_exit(0);
}

int main(int argc, char **argv) { return run_reactor(argc, argv, start); }
