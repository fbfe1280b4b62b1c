/* What an image has beside its module: the table that it begins with. The image has the runtime in it, and RAM of its
 * own, so it knows nothing of the board's program but what it is given. */
#include "slot.h"

#include "filter.h"

/* The linker script's. */
extern uint32_t slot_data[], slot_data_end[], slot_zeros[], slot_zeros_end[];
extern const uint32_t slot_data_source[];

static const struct board *board;

/* board.left_out */
void apus_import_board_left_out(struct apus_host *host, uint32_t measured) {
  (void)host;
  board->left_out(measured);
}

void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  (void)offset;
  board->fatal(apus_trap_message(trap));
  __builtin_unreachable();
}

static const char *why(struct apus_outcome outcome) { return outcome.trap ? apus_trap_message(outcome.trap) : NULL; }

static const char *start(const struct board *given) {
  const uint32_t *source = slot_data_source;
  for (uint32_t *to = slot_data; to < slot_data_end;) *to++ = *source++;
  for (uint32_t *to = slot_zeros; to < slot_zeros_end;) *to++ = 0;
  board = given;
  apus_port_stack(board->stack, 512);
  return why(filter_instantiate());
}

struct call {
  uint32_t measured, filtered;
};

static void call(void *argument) {
  struct call *call = argument;
  call->filtered = filter_export_filter(call->measured);
}

static const char *filter(uint32_t measured, uint32_t *filtered) {
  struct call made = {measured, 0};
  const char *message = why(apus_catch(call, &made));
  *filtered = made.filtered;
  return message;
}

__attribute__((section(".slot"), used))
const struct slot_image slot_image = {SLOT_MAGIC, SLOT_VERSION, start, filter, filter_destroy};
