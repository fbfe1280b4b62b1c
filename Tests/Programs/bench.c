/* The host module "bench" of the programs: marks the timed section, prints nothing. */
#include "apus.h"

void apus_import_bench_start(struct apus_host *host);
void apus_import_bench_end(struct apus_host *host);
void apus_import_bench_start(struct apus_host *host) { (void)host; }
void apus_import_bench_end(struct apus_host *host) { (void)host; }
