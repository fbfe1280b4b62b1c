/* A module that waits for what never comes. */
static volatile unsigned ready;

__attribute__((export_name("run"))) void run(void) {
  while (!ready)
    ;
}
