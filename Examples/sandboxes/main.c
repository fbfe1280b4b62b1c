/* Two modules on one board that call one another, and that nothing else connects: each has its own memory, and what one
 * does wrong is not the other's trouble. What a call carries from one to the other is up to this program. */
#include "message.h"
#include "vault.h"

#include "../cortex-m/console.h"

/* A trap that nothing catches ends here. */
void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  (void)offset;
  put_text(apus_trap_message(trap));
  stop();
}

/* vault.sign, which the message calls. */
uint32_t apus_import_vault_sign(struct apus_host *host, uint32_t words) {
  (void)host;
  return vault_export_sign(words);
}

struct asked {
  uint32_t index, word;
};

static void ask(void *argument) {
  struct asked *asked = argument;
  asked->word = message_export_word(asked->index);
}

static enum apus_trap fault;

/* message.word, which the vault calls. If it traps, the vault goes on with a zero, and nobody gets what it signs. */
uint32_t apus_import_message_word(struct apus_host *host, uint32_t index) {
  (void)host;
  struct asked asked = {index, 0};
  struct apus_outcome outcome = fault ? (struct apus_outcome){.trap = fault} : apus_catch(ask, &asked);
  if (outcome.trap) fault = outcome.trap;
  return outcome.trap ? 0 : asked.word;
}

struct sent {
  uint32_t how, signature;
};

static void send(void *argument) {
  struct sent *sent = argument;
  sent->signature = message_export_send(sent->how);
}

static void attempt(const char *what, uint32_t how) {
  struct sent sent = {how, 0};
  fault = APUS_TRAP_NONE;
  struct apus_outcome outcome = apus_catch(send, &sent);
  if (outcome.trap) fault = outcome.trap;
  put_text(what);
  put_text(": ");
  if (fault) put_text(apus_trap_message(fault));
  else put_number(sent.signature);
  put('\n');
}

struct look {
  uint32_t address, found;
};

static void look(void *argument) {
  struct look *look = argument;
  look->found = message_export_peek(look->address);
}

/* Looks at all of the memory that the message can get at. */
static void search(uint32_t key) {
  struct look at = {0, 0};
  uint32_t found = 0;
  struct apus_outcome outcome = {0};
  for (; !outcome.trap; at.address++) {
    outcome = apus_catch(look, &at);
    found += !outcome.trap && at.found == key;
  }
  put_text("the key is found ");
  put_number(found);
  put_text(" times in ");
  put_number(at.address + 2);
  put_text(" bytes\n");
}

/* The linker script's: the stack lies above the heap, which is empty. */
extern const char __heap_end[];

int main(void) {
  apus_port_stack(__heap_end, 512);
  struct apus_outcome outcome = vault_instantiate();
  if (!outcome.trap) outcome = message_instantiate();
  if (outcome.trap) apus_board_fatal(outcome.trap, outcome.offset);
  attempt("a good message", 0);
  attempt("one that reads where the vault's memory is", 1);
  attempt("one that calls the vault while that calls it, without end", 2);
  attempt("a good message", 0);
  search(0x5eed1e55);
  message_destroy();
  vault_destroy();
  return 0;
}
