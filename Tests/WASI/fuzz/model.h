/* model.h: what each call must answer, from a model of descriptors and files. */
#ifndef MODEL_H
#define MODEL_H

#include "tree.h"

#include "dispatch.h"

/* The state after wasi_start on the tree that fuzz.c makes. */
void model_reset(void);

/* Compares the answer of a call that was made (the trap that it ended with is
 * WASI_TRAP), follows it, and compares what it wrote. NULL, or what is wrong. */
const char *model_call(const struct call *call, const uint64_t *arguments, uint32_t got);

/* The model has no room for more: the run ends here. */
bool model_is_full(void);

/* Largest offset that files may reach; RLIMIT_FSIZE is this. */
#define FILE_LIMIT ((uint64_t)1 << 20)

#endif
