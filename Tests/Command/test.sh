#!/usr/bin/env bash
# Exit status and messages of the command, on small modules of our own
# (fixtures/*.wat; `wat2wasm --no-check` makes the .wasm files that lie beside them).
#
# APUS names the command to test; the release build by default.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
APUS=${APUS:-$(cd ../.. && pwd)/.build/release/apus}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export APUS_CACHE="$scratch/cache"
unset CC
passed=0 failed=0
cd fixtures

fail() {
  failed=$((failed + 1))
  echo "FAILED: $1"
  sed 's/^/  | /' "$scratch/out" "$scratch/err"
}

# expect STATUS OUT ERR COMMAND...: both texts are patterns of bash's [[ == ]];
# an empty one means that nothing may be printed.
expect() {
  local status=$1 out=$2 err=$3 got
  shift 3
  "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
  got=$?
  if [ "$got" != "$status" ]; then
    fail "$* ended with $got, not $status"
  elif [[ "$(cat "$scratch/out")" != $out ]]; then
    fail "$* did not print '$out'"
  elif [[ "$(cat "$scratch/err")" != $err ]]; then
    fail "$* did not say '$err'"
  else
    passed=$((passed + 1))
  fi
}

# Usage.
expect 0 'apus [0-9]*.[0-9]*.[0-9]*' '' "$APUS" --version
expect 0 '*translate*validate*' '' "$APUS" --help
expect 2 '' 'apus: *' "$APUS" frobnicate
expect 2 '' 'apus: *<file>*' "$APUS" validate
expect 2 '' 'apus: *--output*' "$APUS" build exit.wasm
expect 2 '' 'apus: *--memory*' "$APUS" build exit.wasm -o "$scratch/x" --memory none
expect 2 '' 'apus: -O takes*' "$APUS" build exit.wasm -o "$scratch/x" -O7
expect 2 '' 'apus: --env takes NAME=VALUE*' "$APUS" build exit.wasm -o "$scratch/x" --env X
expect 2 '' 'apus: --dir takes*' "$APUS" build exit.wasm -o "$scratch/x" --dir a::
expect 2 '' 'apus: --dir takes*' "$APUS" translate exit.wasm -o "$scratch/x" --dir a::
expect 2 '' 'apus: --name takes*' "$APUS" translate exit.wasm -o "$scratch/x" --name 1a
expect 122 '' 'apus: *<file>*' "$APUS" run
expect 2 '' 'apus: --output*' "$APUS" translate exit.wasm
expect 2 '' 'apus: no pass is called*' "$APUS" translate exit.wasm --dump ir:none
expect 2 '' 'apus: no pass is called*' "$APUS" translate exit.wasm -o "$scratch/x" --skip-pass none
expect 2 '' 'apus: --dump takes*' "$APUS" translate exit.wasm --dump c
expect 0 'function [0-9]*call 0(*' '' "$APUS" translate exit.wasm --dump ir
expect 0 'function [0-9]*call 0(*' '' "$APUS" translate exit.wasm --dump ir:fold --skip-pass loads
expect 2 '' 'apus: exit.wasm defines no function 0' "$APUS" translate exit.wasm --dump ir --function 0

expect 2 '' "apus: there is no command 'nosuch'*" "$APUS" help nosuch
expect 2 '' 'apus: --profile firmware has no guard pages*' \
  "$APUS" translate exit.wasm -o "$scratch/x" --profile firmware --memory guard
expect 2 '' 'apus: --max-memory is at most 4294967296*' \
  "$APUS" translate exit.wasm -o "$scratch/x" --max-memory 99999999999999
expect 2 '' 'apus: --stack-size is at least 65536 and at most 4294967296*' \
  "$APUS" build exit.wasm -o "$scratch/x" --stack-size 100000000000
expect 2 '' 'apus: the module needs 65536 bytes of memory, --max-memory gives 65535' \
  "$APUS" translate exit.wasm -o "$scratch/x" --max-memory 65535
expect 1 '' '' test -e "$scratch/x"

for command in build run translate validate inspect; do
  expect 0 "*  apus $command*app.wasm*USAGE: apus $command*" '' "$APUS" help $command
done

# Files.
expect 3 '' 'apus: cannot open missing.wasm: No such file*' "$APUS" validate missing.wasm
expect 123 '' 'apus: cannot open missing.wasm: No such file*' "$APUS" run missing.wasm
expect 3 '' 'apus: cannot read .: Is a directory' "$APUS" validate .

# What is no module.
: >"$scratch/empty.wasm"
expect 1 '' "apus: malformed module: *empty.wasm is empty" "$APUS" validate "$scratch/empty.wasm"
gzip -c exit.wasm >"$scratch/packed.wasm"
expect 1 '' 'apus: *packed.wasm is gzip-compressed*' "$APUS" inspect "$scratch/packed.wasm"
expect 121 '' 'apus: *exit.wat is WebAssembly text*' "$APUS" run exit.wat
printf '\n <!DOCTYPE html>' >"$scratch/page.wasm"
expect 1 '' 'apus: *page.wasm is HTML*' "$APUS" translate "$scratch/page.wasm" -o "$scratch/x"
printf '\0asm\15\0\1\0' >"$scratch/component.wasm"
expect 1 '' 'apus: *component.wasm is a component: *wasip1*' "$APUS" build "$scratch/component.wasm" -o "$scratch/x"
printf '\0asm\2\0\0\0' >"$scratch/version.wasm"
expect 1 '' 'apus: malformed module: unknown binary version*' "$APUS" validate "$scratch/version.wasm"

# Modules.
expect 0 '' '' "$APUS" validate exit.wasm
expect 1 '' 'apus: malformed module: *at offset 0x*' "$APUS" validate malformed.wasm
expect 1 '' 'apus: invalid module: type mismatch, at offset 0x*in function 1*' \
  "$APUS" validate invalid.wasm
expect 121 '' 'apus: invalid module: *' "$APUS" run invalid.wasm
expect 5 '' 'apus: unsupported module: *' "$APUS" validate gc.wasm
expect 125 '' 'apus: unsupported module: *' "$APUS" run gc.wasm
# All of them, and how to do without.
expect 5 'proposals that are not supported: 2
  function-references: *
  gc: *' 'apus: unsupported module: uses the proposal gc, at offset 0x*' \
  "$APUS" inspect proposals.wasm
expect 1 '' 'apus: invalid module: *' "$APUS" inspect invalid.wasm
# Several memories, of which --max-memory has to do for each.
expect 0 '*memory 0: 1 pages of 64 KiB, at most 8
memory 1: 2 pages of 64 KiB, at most 4
*multi-memory*' '' "$APUS" inspect ../../Instances/life.wasm
expect 2 '' 'apus: the module needs 131072 bytes of memory, --max-memory gives 131071' \
  "$APUS" translate ../../Instances/life.wasm -o "$scratch/x" --max-memory 131071

# inspect
expect 0 '*imports: 2*function wasi_snapshot_preview1.proc_exit (i32)*exports: 2*' '' \
  "$APUS" inspect exit.wasm
expect 0 '*#ifndef APUS_IMPORTS_OF_host_wasm_H*#include "apus.h"*
uint32_t apus_import_env_answer(struct apus_host \*host);
void apus_import_my_2ehost_put(struct apus_host \*host, uint32_t *);
*#endif' '' "$APUS" inspect --prototypes host.wasm
# A header that C and C++ take, more than once.
"$APUS" inspect --prototypes host.wasm >"$scratch/host.h"
printf '#include "host.h"\n#include "host.h"\n' >"$scratch/twice.c"
for language in c c++; do
  expect 0 '' '' cc -x $language -Wall -Werror -I../../../Runtime-C/include -c "$scratch/twice.c" -o "$scratch/twice.o"
done
expect 0 'name: inspected
functions: 2
memory \?\[31mheap: 1 pages of 64 KiB, at most 2
table 0 calls: 1.. externref
table 1: 0..7 funcref
data: 5 bytes
  .rodata 3 bytes
proposals: sign-extension, nontrapping-float-to-int, multi-value, mutable-global, bulk-memory, reference-types, extended-const
imports: 1
  function env.\?\[2J\? (i32) -> ()
not supplied by WASI: env.\?\[2J\?
exports: 2
  global count mut i32
  function sum\? (f32) -> (i32, i32)' '' "$APUS" inspect inspected.wasm
expect 2 '' 'apus: nothing supplies env.\?\[2J\?: *' \
  "$APUS" build inspected.wasm -o "$scratch/x" --invoke count --invoke $'sum\x7f'

# translate
expect 0 '' '' "$APUS" translate exit.wasm -o "$scratch/dirs" --name app --dir . --dir /::/root::ro
grep -q '^  "/::/root::ro",$' "$scratch/dirs/app_main.c" || fail 'translate --dir gives no folder'
expect 0 '' '' "$APUS" translate exit.wasm -o "$scratch/deep/out" --name app
expect 0 '' '' test -f "$scratch/deep/out/app.h"
expect 0 '*' '' make -C "$scratch/deep/out" libapp.a
expect 0 '' '' "$APUS" translate exit.wasm -o "$scratch/bare" --no-makefile --jobs 2
expect 1 '' '' test -e "$scratch/bare/Makefile"
expect 3 '' 'apus: *exit.wasm*' "$APUS" translate exit.wasm -o exit.wasm

# build
expect 0 '' '' "$APUS" build exit.wasm -o "$scratch/exit" -O1
expect 42 '' '' "$scratch/exit" one
expect 0 '' '' "$APUS" build exit.wasm -o "$scratch/exit_many" --instances many --memory bounds -O0
expect 43 '' '' "$scratch/exit_many" one two
# Names that C or its library has already.
for name in strings int apus_code code wasi program; do
  cp exit.wasm "$scratch/$name.wasm"
  expect 0 '' '' "$APUS" build "$scratch/$name.wasm" -o "$scratch/named" -O0
done
# And names that the folder of a translation has a use for.
for name in all clean runtime Makefile errno class; do
  cp exit.wasm "$scratch/$name.wasm"
  expect 0 '' '' "$APUS" translate "$scratch/$name.wasm" -o "$scratch/named-$name"
  expect 0 '*' '' make -C "$scratch/named-$name" CFLAGS=-O0
  expect 42 '' '' "$scratch/named-$name/m_$name" one
done
expect 2 '' 'apus: nothing supplies env.answer, my.host.put: *apus_import_env_answer(*' \
  "$APUS" build host.wasm -o "$scratch/host"
expect 0 '' '' "$APUS" build host.wasm -o "$scratch/host" --link host.c
expect 0 'put 42' '' "$scratch/host"
expect 3 '' 'apus: cannot open missing.c*' "$APUS" build host.wasm -o "$scratch/x" --link missing.c
# What a file lacks is named as if there were none; what is no import is the linker's to say.
echo 'unsigned apus_import_env_answer(void *host) { return host ? 42 : 0; }' >"$scratch/half.c"
expect 2 '' 'apus: nothing supplies my.host.put: *apus_import_my_2ehost_put(*' \
  "$APUS" build host.wasm -o "$scratch/x" --link "$scratch/half.c"
echo 'int other(void); unsigned apus_import_env_answer(void *host) { return host ? other() : 0; }' >"$scratch/half.c"
expect 4 '' '*other*apus: the C compiler failed *' \
  "$APUS" build host.wasm -o "$scratch/x" --link "$scratch/half.c"
# Objects and archives, with the C compiler's own options.
expect 0 '' '' cc -c host.c -I../../../Runtime-C/include -o "$scratch/host.o"
expect 0 '' '' ar rcs "$scratch/libhost.a" "$scratch/host.o"
for file in host.o libhost.a; do
  expect 0 '' "apus: the program's C lies in $scratch/host.src" \
    "$APUS" build host.wasm -o "$scratch/host" --link "$scratch/$file" -Os -g
  expect 0 'put 42' '' "$scratch/host"
done
expect 0 '*debug_info*' '' readelf -S "$scratch/host"
# The C lies where a debugger looks for it.
expect 0 "*$scratch/host.src/host.c*" '' readelf --debug-dump=info "$scratch/host"
expect 0 '*w__start*' '' cat "$scratch/host.src/host.c"
expect 1 '' '' test -e "$scratch/host.src/0.o"
# It is replaced by the next build, nothing else is; a device keeps none.
expect 0 '' "apus: the program's C lies in $scratch/host.src" "$APUS" build host.wasm -o "$scratch/host" --link host.c -O0 -g
mkdir "$scratch/own.src" && echo mine >"$scratch/own.src/notes"
expect 2 '' "apus: -g keeps the program's C in $scratch/own.src, but what is there is not such C" \
  "$APUS" build host.wasm -o "$scratch/own" --link host.c -O0 -g
expect 0 'mine' '' cat "$scratch/own.src/notes"
expect 1 '' '' test -e "$scratch/own"
expect 0 '' '' "$APUS" build host.wasm -o /dev/null --link host.c -O0 -g
expect 1 '' '' test -e /dev/null.src
if command -v gdb >/dev/null; then
  expect 0 '*host.src/host.c*' '*' gdb -batch -ex 'info line host_instantiate' "$scratch/host"
else
  echo 'gdb skipped: not installed'
fi
# Imports that are alike in C.
expect 0 '*
void apus_import_a_b_c(struct apus_host \*host, uint32_t l0);
void apus_import_a_b_c_2(struct apus_host \*host, uint32_t l0); /\* a_b.c, numbered \*/
uint32_t apus_import_a_b_c_3(struct apus_host \*host, uint64_t l0); /\* a.b_c, numbered \*/
*' '' \
  "$APUS" inspect --prototypes alike.wasm
for instances in one many; do
  expect 0 '' '' "$APUS" build alike.wasm -o "$scratch/alike" -O0 --link alike.c --instances $instances
  expect 0 'first 1, second 2, wide 3, first 4, ' '' "$scratch/alike"
done
# Exceptions with more than 64 bytes of values: all is compiled for as many, or not at all.
for options in '' '--instances many' '--memory bounds'; do
  expect 0 '' '' "$APUS" run large_tag.wasm $options
done
expect 0 '' '' "$APUS" translate large_tag.wasm -o "$scratch/large" --name large
expect 0 '' '' make -s -C "$scratch/large" large
expect 0 '' '' "$scratch/large/large"
printf '#include "large.h"\n' >"$scratch/large/first.c"
printf '#include "apus.h"\n#include "large.h"\n' >"$scratch/large/second.c"
large() { (cd "$scratch/large" && cc -iquote . -Iruntime/include "$@"); }
expect 0 '' '' large -c first.c
expect 1 '' '*compile everything with -DAPUS_EXCEPTION_WORDS=12, or more*' large -c second.c
expect 0 '' '' large -DAPUS_EXCEPTION_WORDS=13 -c second.c
expect 1 '' '*apus_thrown_13*' large -DAPUS_EXCEPTION_WORDS=13 -o other large.c large_names.c large_main.c liblarge.a -lm -lpthread
# Imports of each kind, in both instance models.
expect 2 '' 'apus: nothing supplies memory env.memory, table env.table, global env.constant, global env.variable, env.check: *
  struct apus_memory \*apus_import_env_memory(void);*
  struct apus_global \*apus_import_env_variable(void);*' "$APUS" build shared.wasm -o "$scratch/x"
expect 0 '*struct apus_table \*apus_import_env_table(void);*' '' \
  "$APUS" inspect --prototypes shared.wasm
for options in '' '--instances many' '--memory bounds'; do
  expect 0 '' '' "$APUS" build shared.wasm -o "$scratch/shared" --link shared.c $options
  expect 42 'variable 2, memory shared, grown from 1, table\[1\] >i' '' "$scratch/shared"
done
expect 0 '' '' "$APUS" build shared.wasm -o "$scratch/shared" --link shared_large.c
expect 134 '' '*incompatible import type*' "$scratch/shared"
expect 0 '' '' "$APUS" build shared.wasm -o "$scratch/shared" --link shared_unguarded.c
expect 134 '' '*incompatible import type*' "$scratch/shared"
expect 0 '' '' "$APUS" build shared.wasm -o "$scratch/shared" --link shared_unguarded.c --memory bounds
expect 42 'variable 2*' '' "$scratch/shared"

# linked MEMORY MEMORY: stack and calculator with static state, each with a strategy.
linked() {
  local folder="$scratch/linked-$1-$2" linked=../../../Examples/linked
  "$APUS" translate $linked/stack.wasm -o "$folder/stack" --instances one --memory "$1" &&
    "$APUS" translate $linked/calculator.wasm -o "$folder/calculator" --instances one --memory "$2" &&
    make -s -C "$folder/stack" && make -s -C "$folder/calculator" &&
    cc -I"$folder/stack" -I"$folder/calculator" -I"$folder/stack/runtime/include" linked_one.c \
      "$folder/calculator/libcalculator.a" "$folder/stack/libstack.a" -lm -lpthread -o "$folder/program" &&
    "$folder/program"
}
expect 0 '35, 0 left, ' '' linked guard guard
expect 0 '35, 0 left, ' '' linked guard bounds
expect 0 '0, 0 left, incompatible import type' '' linked bounds guard
# Both headers in one file, which want one name with two types.
two_types() {
  local module
  for module in narrow wide; do
    "$APUS" translate $module.wasm -o "$scratch/two/$module" && make -s -C "$scratch/two/$module" || return
  done
  "$1" -Wall -Werror -I"$scratch/two/narrow" -I"$scratch/two/wide" -I"$scratch/two/wide/runtime/include" two_types.c \
    "$scratch/two/narrow/libnarrow.a" "$scratch/two/wide/libwide.a" -lm -lpthread -o "$scratch/two/program" &&
    "$scratch/two/program"
}
for compiler in cc clang; do
  if command -v $compiler >/dev/null; then expect 0 '41 106' '' two_types $compiler; else echo "$compiler skipped: not installed"; fi
done
expect 2 '' 'apus: numbers.wasm has no _start*add*' "$APUS" build numbers.wasm -o "$scratch/x"
expect 2 '' 'apus: values.wasm has no _start () -> ()*_start (i32) -> ()*' \
  "$APUS" build values.wasm -o "$scratch/x"
expect 2 '' 'apus: --invoke calls _initialize first, but its type is () -> i32*' \
  "$APUS" build values.wasm -o "$scratch/x" --invoke one
expect 0 '5' '' "$APUS" run -O0 --invoke _initialize values.wasm
expect 4 '' 'apus: the C compiler failed*' "$APUS" build exit.wasm -o "$scratch/x" --cc false
expect 4 '' "apus: there is no C compiler 'no-such-cc': install gcc or clang, or name one with --cc" \
  "$APUS" build exit.wasm -o "$scratch/x" --cc no-such-cc
cp exit.wasm "$scratch/itself.wasm"
expect 2 '' 'apus: *itself.wasm is read, and would be overwritten' \
  "$APUS" build "$scratch/itself.wasm" -o "$scratch/../${scratch##*/}/itself.wasm"
expect 0 '' '' cmp exit.wasm "$scratch/itself.wasm"
expect 3 '' 'apus: cannot write*' "$APUS" build exit.wasm -o "$scratch/no/such/folder"
expect 1 '' '' test -e "$scratch/x"
# What is no file is written to, not replaced.
expect 3 '' 'apus: cannot write .: Is a directory' "$APUS" build exit.wasm -o . -O0
mkfifo "$scratch/pipe"
cat "$scratch/pipe" >"$scratch/through" &
expect 0 '' '' "$APUS" build exit.wasm -o "$scratch/pipe" -O0
wait
expect 0 '' '' test -p "$scratch/pipe"
expect 0 '?ELF*' '' head -c 4 "$scratch/through"
expect 0 '' '' "$APUS" build trap.wasm -o "$scratch/trap"
expect 134 '' '*out of bounds memory access*' "$scratch/trap"
expect 0 '' 'apus: warning: --memory unchecked*' "$APUS" build trap.wasm -o "$scratch/x" --memory unchecked
expect 0 '' 'apus: warning: --memory unchecked*' "$APUS" translate trap.wasm -o "$scratch/unchecked" --memory unchecked
expect 0 '*UNCHECKED*' '' cat "$scratch/unchecked/trap.c"
expect 42 '' 'apus: warning: --memory unchecked*' "$APUS" run -O0 --memory unchecked exit.wasm one
expect 0 '' '' rm "$scratch/x"
expect 0 '' '' "$APUS" build trap.wasm -o "$scratch/trap" --memory bounds
expect 134 '' '*out of bounds memory access*' "$scratch/trap"
expect 0 '' '' "$APUS" build trap.wasm -o "$scratch/trap" --instances many
expect 134 '' '*out of bounds memory access*' "$scratch/trap"

# An exception is named by its tag, as a terminal may see it.
for options in '--memory guard' '--instances many -O0'; do
  expect 0 '' '' "$APUS" build thrown.wasm -o "$scratch/thrown" $options
  expect 134 '' 'apus: trap: uncaught exception "error" at offset 0x?? in function "fail"' "$scratch/thrown"
  expect 0 '' '' "$APUS" build thrown.wasm -o "$scratch/thrown" --invoke rings $options
  expect 134 '' 'apus: trap: uncaught exception "bell?" at offset 0x?? in function "rings"' "$scratch/thrown"
done
expect 0 '' '' "$APUS" build thrown.wasm -o "$scratch/thrown" --no-names
expect 134 '' 'apus: trap: uncaught exception at offset 0x??*' "$scratch/thrown"

# Who asks for threads and cannot have any is told, and so is whoever builds it.
expect 0 '' 'apus: warning: the module asks for threads*' "$APUS" build alone.wasm -o "$scratch/alone"
expect 6 '' '' "$scratch/alone"

# The same everywhere: what contradicts that is refused.
expect 2 '' 'apus: --seed is for --deterministic*' "$APUS" build exit.wasm -o "$scratch/x" --seed 1
expect 2 '' 'apus: --max-stack is for --deterministic*' "$APUS" translate exit.wasm -o "$scratch/x" --max-stack 8192
expect 2 '' 'apus: --clock is for --deterministic*' "$APUS" build exit.wasm -o "$scratch/x" --clock 1
expect 2 '' 'apus: --deterministic needs*' "$APUS" build exit.wasm -o "$scratch/x" --deterministic --memory unchecked
expect 2 '' 'apus: --max-stack is at least*' "$APUS" build exit.wasm -o "$scratch/x" --deterministic --max-stack 100
expect 2 '' 'apus: --clock is at most*' "$APUS" build exit.wasm -o "$scratch/x" --deterministic --clock 9999999999
expect 2 '' 'apus: --stack-size is at least 8 times --max-stack, here 16777216*' \
  "$APUS" build exit.wasm -o "$scratch/x" --deterministic --max-stack 2097152
expect 2 '' 'apus: the module starts threads*' "$APUS" build ../../Threads/primes.wasm -o "$scratch/x" --deterministic
expect 2 '' 'apus: the module starts threads*' "$APUS" translate ../../Threads/primes.wasm -o "$scratch/x" --deterministic
expect 42 '' '' "$APUS" run -O0 --deterministic --max-stack 4096 exit.wasm one
# Whoever compiles the module without the flag is told.
expect 0 '' '' "$APUS" translate exit.wasm -o "$scratch/same" --deterministic
expect 1 '' '*APUS_COUNTS_CALLS*' cc -std=gnu11 -iquote "$scratch/same" -I"$scratch/same/runtime/include" -c "$scratch/same/exit.c" \
  -o "$scratch/x.o"

# What the guest is given. Texts end in a NUL, which tr makes visible.
printf 'from a file' >"$scratch/input"
expect 0 '' '' "$APUS" build given.wasm -o "$scratch/given" --argv0 other --env A=1 --inherit-env \
  --stdin "$scratch/input" --stdout "$scratch/output" --tcplisten 127.0.0.1:0
expect 28 '' '' env -i A=2 B=3 "$scratch/given" one
expect 0 'other,one,A=1,B=3,from a file' '' bash -c 'tr "\0" , <"$0"' "$scratch/output"
expect 57 '' '' "$APUS" run --no-cache -O0 --dir .::/here::ro --stdout "$scratch/output" given.wasm two
expect 0 'given.wasm,two,' '' bash -c 'tr "\0" , <"$0"' "$scratch/output"
expect 2 '' 'apus: --tcplisten takes*' "$APUS" build given.wasm -o "$scratch/x" --tcplisten 80
expect 2 '' 'apus: --dir takes*' "$APUS" build given.wasm -o "$scratch/x" --dir ::x
expect 0 '' '' "$APUS" build given.wasm -o "$scratch/given" -O0 --tcplisten nowhere:x
expect 123 '' 'apus: cannot listen on nowhere:x: *' "$scratch/given"

# Exports that are spelled alike.
expect 0 '1' '' "$APUS" run --invoke a-b spelled.wasm
expect 0 '2' '' "$APUS" run --invoke a_2db spelled.wasm

# What is kept answers only what it was made for.
expect 0 '0' '' "$APUS" run -O0 --invoke grow pages.wasm
expect 0 '-1' '' "$APUS" run -O0 --invoke grow --max-memory 0 pages.wasm
mkdir "$scratch/a b"
echo '#define ANSWER 41' >"$scratch/a b/answer.h"
printf '#include "answer.h"\n#include "apus.h"\nunsigned apus_import_env_answer(struct apus_host *host) { return (void)host, ANSWER; }\n' >"$scratch/a b/answer.c"
printf '#include <stdio.h>\nvoid apus_import_my_2ehost_put(void *host, unsigned x) { printf("%%d\\n", (int)x); (void)host; }\n' >"$scratch/put.c"
answer() { "$APUS" run -O0 --link "$scratch/a b/answer.c" --link "$scratch/put.c" host.wasm; }
expect 0 '41' '' answer
echo '#define ANSWER 43' >"$scratch/a b/answer.h"
expect 0 '43' '' answer
expect 0 '43' '' answer

# What cannot work stops the C compiler, and says what to do.
"$APUS" translate trap.wasm -o "$scratch/guarded" --memory guard >"$scratch/out" 2>&1
guarded() { (cd "$scratch/guarded" && "$@" -std=gnu11 -iquote . -Iruntime/include trap.c trap_main.c $(find runtime -name '*.c') -o all -lm -lpthread); }
expect 1 '' '*translated code and the runtime need -fno-lto*' guarded cc -O2 -flto
if command -v arm-none-eabi-gcc >/dev/null; then
  expect 1 '' '*translate with --memory bounds*' \
    arm-none-eabi-gcc -std=gnu11 -I"$scratch/guarded/runtime/include" -fsyntax-only "$scratch/guarded/trap.c"
else
  echo '32 bits skipped: arm-none-eabi-gcc is not installed'
fi

# The function of a trap: told by the offset, or by the address of a fault.
names() {
  expect 134 '' "apus: trap: integer divide by zero at offset 0x85$1 \"divide\"" "$scratch/names"
  expect 134 '' "apus: trap: uninitialized element at offset 0x8d$1 \"core::fmt::write<T>\"" "$scratch/names" 1
  expect 134 '' 'apus: trap: unreachable at offset 0x93 in func\[3\]' "$scratch/names" 1 2
  expect 134 '' "apus: trap: out of bounds memory access$2" "$scratch/names" 1 2 3
  expect 134 '' "apus: trap: call stack exhausted$1 \"recurse\"" "$scratch/names" 1 2 3 4
  expect 134 '' "apus: trap: invalid conversion to integer at offset 0xc1$1 \"no-name\"" "$scratch/names" 1 2 3 4 5
}
expect 0 '' '' "$APUS" build names.wasm -o "$scratch/names" -O0
names ' in function' ' in function "load"'
expect 0 '' '' "$APUS" build names.wasm -o "$scratch/names" -O2 --instances many
names ' in function' ' in function "@(load|_start)"'
expect 0 '' '' "$APUS" build names.wasm -o "$scratch/names" --memory bounds
names ' in function' ' at offset 0x9c in function "load"'
expect 0 '' '' "$APUS" translate names.wasm -o "$scratch/split" --split 1
expect 0 '*' '' make -C "$scratch/split" CFLAGS=-O1
mv "$scratch/split/names" "$scratch/names"
names ' in function' ' in function "@(load|_start)"'
expect 0 '' '' "$APUS" build names.wasm -o "$scratch/names" --no-names
expect 134 '' 'apus: trap: integer divide by zero at offset 0x85' "$scratch/names"
# Nor do traps have to say where they are.
for options in '--memory guard' '--memory bounds --instances many' '--traps exact -O0'; do
  expect 0 '' '' "$APUS" build names.wasm -o "$scratch/names" --no-offsets $options
  expect 134 '' 'apus: trap: integer divide by zero!(*offset*)' "$scratch/names"
  expect 0 '' '' "$APUS" build thrown.wasm -o "$scratch/thrown" --no-offsets $options
  expect 134 '' 'apus: trap: uncaught exception!(*offset*)' "$scratch/thrown"
done
expect 0 '' '' "$APUS" translate names.wasm -o "$scratch/split-quiet" --split 1 --no-offsets
expect 0 '*' '' make -C "$scratch/split-quiet" CFLAGS='-O1 -Wall -Wextra -Werror'
expect 134 '' 'apus: trap: integer divide by zero!(*offset*)' "$scratch/split-quiet/names"
expect 2 '' '*not with --no-offsets*' "$APUS" translate names.wasm -o "$scratch/x" --no-offsets --trace calls

expect 134 '' '*divide by zero at offset 0x85*' "$APUS" run -O0 names.wasm
expect 134 '' 'apus: trap: integer divide by zero!(*offset*)' "$APUS" run -O0 --no-offsets names.wasm

# Only what is asked for is exported; what nothing else calls is gone.
counter=../../../Examples/embedding/counter.wasm
for model in one many; do
  expect 0 '' '' "$APUS" translate "$counter" -o "$scratch/kept-$model" --export add --instances $model
  expect 0 '*counter_export_add*' '' cat "$scratch/kept-$model/counter.h"
  expect 1 '' '' grep -q 'divide\|export_memory' "$scratch/kept-$model/counter.h" "$scratch/kept-$model/counter.c"
  expect 0 '*' '' make -C "$scratch/kept-$model" CFLAGS='-O1 -Wall -Wextra -Werror'
done
expect 2 '' "apus: --export: the module exports no 'sub'" "$APUS" translate "$counter" -o "$scratch/x" --export add --export sub

# All functions, under both names of their module.
expect 0 '' '' "$APUS" build calls.wasm -o "$scratch/calls" -O0
expect 69 '' '' "$scratch/calls"
expect 0 '' '' "$APUS" build calls.wasm -o "$scratch/calls" -O0 --instances many
expect 69 '' '' "$scratch/calls"
expect 0 '' '' "$APUS" build exit.wasm -o "$scratch/replaced" -O0 --link replace.c
expect 47 '' '' "$scratch/replaced"

# Imports of WASI's: one that it does not have, some that it has with other types.
expect 0 '*not supplied by WASI: wasi_snapshot_preview1.fd_levitate*' '' "$APUS" inspect wasi.wasm
expect 2 '' 'apus: nothing supplies wasi_snapshot_preview1.fd_levitate:*
  uint32_t apus_import_wasi_snapshot_preview1_fd_levitate(struct apus_host \*host, uint32_t l0);' \
  "$APUS" build wasi.wasm -o "$scratch/x"
expect 2 '' 'apus: WASI has these functions, but of other types:
  wasi_snapshot_preview1.fd_close (i64) -> i32
  wasi_unstable.proc_exit (i32) -> i32' "$APUS" build mistyped.wasm -o "$scratch/x"
expect 2 '' 'apus: WASI has these functions, but of other types:*' \
  "$APUS" build mistyped.wasm -o "$scratch/x" --link replace.c
# What the C compiler says is shown, with the file and the line.
echo 'int broken = ;' >"$scratch/broken.c"
expect 4 '' '*broken.c:1:*apus: the C compiler failed (exit status 1): cc *' \
  "$APUS" build host.wasm -o "$scratch/x" --link "$scratch/broken.c"

# run, and its cache, beside which the runtime's objects have one of their own.
entries() { ls "$APUS_CACHE" | grep -cE '^[0-9a-f]{32}$'; }
export APUS_CACHE="$scratch/run-cache"
expect 41 '' '' "$APUS" run exit.wasm
expect 43 '' '' "$APUS" run -O1 exit.wasm --dir x
expect 42 '' '' "$APUS" run -O1 exit.wasm --help
expect 42 '' '' "$APUS" run --no-cache exit.wasm one
expect 0 '2' '' entries
expect 134 '' '*out of bounds memory access*' "$APUS" run trap.wasm
# What is compiled again: nothing for the same, all for another option, module or linked file.
printf '#!/bin/sh\necho >>"%s/compiled"\nexec cc "$@"\n' "$scratch" >"$scratch/counting-cc"
chmod +x "$scratch/counting-cc"
cp host.c "$scratch/linked.c"
cp host.wasm "$scratch/cached.wasm"
compiles() { # compiles yes|no COMMAND...: whether the C compiler is started
  local expected=$1 got=no
  shift
  rm -f "$scratch/compiled"
  expect 0 'put 42' '' "$APUS" run -O0 --cc "$scratch/counting-cc" --link "$scratch/linked.c" "$@"
  [ -e "$scratch/compiled" ] && got=yes
  expect 0 "$expected" '' echo "$got"
}
compiles yes "$scratch/cached.wasm"
compiles no "$scratch/cached.wasm"
compiles no --jobs 1 "$scratch/cached.wasm" argument
compiles yes --memory bounds "$scratch/cached.wasm"
compiles yes --env A=B "$scratch/cached.wasm"
compiles no "$scratch/cached.wasm"
echo '/* changed */' >>"$scratch/linked.c"
compiles yes "$scratch/cached.wasm"
printf '\0\2\1x' >>"$scratch/cached.wasm" # an empty custom section
compiles yes "$scratch/cached.wasm"
compiles yes --no-cache "$scratch/cached.wasm"
compiles no "$scratch/cached.wasm"
expect 124 '' 'apus: the C compiler failed*' "$APUS" run --cc false exit.wasm
expect 123 '' 'apus: cannot open nowhere: No such file*' "$APUS" run -O0 --dir nowhere exit.wasm
expect 123 '' 'apus: cannot open exit.c: No such file*' "$APUS" run -O0 --link exit.c exit.wasm

# Several at a time build one entry, whichever it is that stays.
several() {
  local pid pids=() status
  for _ in 1 2 3 4; do
    "$APUS" run -O0 exit.wasm one two three &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid"
    status=$?
    [ $status = 44 ] || return $status
  done
}
export APUS_CACHE="$scratch/shared-cache"
expect 0 '' '' several
expect 0 '1' '' entries
# Half an entry is built again.
rm "$APUS_CACHE"/*/program
expect 41 '' '' "$APUS" run -O0 exit.wasm
# The oldest go when there are more than 128; the one in use stays.
for number in {100..299}; do mkdir "$APUS_CACHE/00000000000000000000000000000$number"; done
touch -d '2 days ago' "$APUS_CACHE"/0*
expect 41 '' '' "$APUS" run -O1 exit.wasm
expect 0 '128' '' entries

# The runtime is compiled once for a compiler and its flags.
export APUS_CACHE="$scratch/build-cache"
printf '#!/bin/sh\necho "$@" >>"%s/compiled"\nexec cc "$@"\n' "$scratch" >"$scratch/naming-cc"
chmod +x "$scratch/naming-cc"
echo '/* included */' >"$scratch/included.h"
compiles_runtime() { # compiles_runtime yes|no OPTION...
  local expected=$1 got=no
  shift
  rm -f "$scratch/compiled"
  expect 0 '' '*' "$APUS" build -o "$scratch/built" --cc "$scratch/naming-cc -include $scratch/included.h" "$@"
  grep -q apus_program_main.c "$scratch/compiled" || got='nothing'
  grep -q runtime/core/memory.c "$scratch/compiled" && got=yes
  expect 0 "$expected" '' echo "$got"
  expect 43 '' '' "$scratch/built" one two
}
compiles_runtime yes -O0 exit.wasm
compiles_runtime no -O0 exit.wasm
compiles_runtime no -O0 exit.wasm --memory bounds --name other --env A=B
compiles_runtime yes -O1 exit.wasm
compiles_runtime yes -O0 exit.wasm --no-cache
compiles_runtime yes -O0 exit.wasm -g
compiles_runtime no -O0 exit.wasm
echo '/* changed */' >>"$scratch/included.h"
compiles_runtime yes -O0 exit.wasm
compiles_runtime no -O0 exit.wasm
# Half an entry is made again, and none is missed where nothing can be kept.
rm "$APUS_CACHE"/runtime/*/3.o
compiles_runtime yes -O0 exit.wasm
compiles_runtime no -O0 exit.wasm
touch "$scratch/no-folder"
APUS_CACHE="$scratch/no-folder" compiles_runtime yes -O0 exit.wasm
rm -r "$APUS_CACHE/runtime"
touch "$APUS_CACHE/runtime"
compiles_runtime yes -O0 exit.wasm
# What a build has found there is its own, though the cache is emptied before it links.
rm "$APUS_CACHE/runtime"
compiles_runtime yes -O0 exit.wasm
printf '#!/bin/sh\nrm -rf "$APUS_CACHE/runtime"\nexec cc "$@"\n' >"$scratch/emptying-cc"
chmod +x "$scratch/emptying-cc"
for _ in 1 2; do
  expect 0 '' '' "$APUS" build exit.wasm -O0 --cc "$scratch/emptying-cc" -o "$scratch/built"
  expect 43 '' '' "$scratch/built" one two
done
mkdir -p "$APUS_CACHE/runtime"
# The oldest go when there are more than 64.
for number in {100..189}; do mkdir -p "$APUS_CACHE/runtime/00000000000000000000000000000$number"; done
touch -d '2 days ago' "$APUS_CACHE"/runtime/0*
compiles_runtime yes -O0 exit.wasm
expect 0 '64' '' env APUS_CACHE="$APUS_CACHE/runtime" bash -c 'ls "$APUS_CACHE" | wc -l'
export APUS_CACHE="$scratch/cache"

# A signal in the middle: nothing is left, not even what the compiler has for itself. It waits for the end of its sleep.
printf '#!/bin/sh\ncase "$*" in *-c*) touch "$TMPDIR/own.s" "%s/compiling"; sleep 1;; esac\nexec cc "$@"\n' "$scratch" >"$scratch/slow-cc"
chmod +x "$scratch/slow-cc"
interrupted() { # interrupted SIGNAL FOLDER COMMAND...: its status, and what is left in FOLDER; to all of it where SIGNAL begins with +
  local signal=$1 folder=$2 pid got
  shift 2
  rm -f "$scratch/compiling"
  mkdir -p "$folder"
  # Without job control, what runs in the background ignores SIGINT.
  TMPDIR=$folder APUS_CACHE=$folder setsid python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$@" &
  pid=$!
  while [ ! -e "$scratch/compiling" ] && kill -0 $pid; do sleep 0.05; done
  case $signal in
    +*) kill -"${signal#+}" -- -$pid ;;
    *) kill -"$signal" $pid ;;
  esac
  wait $pid
  got=$?
  ls "$folder"
  return $got
}
expect 143 '' '' interrupted TERM "$scratch/ended" "$APUS" build exit.wasm -o "$scratch/x" -O0 --cc "$scratch/slow-cc"
expect 130 '' '' interrupted INT "$scratch/ended" "$APUS" run -O0 --cc "$scratch/slow-cc" exit.wasm
for signal in TERM +TERM +INT; do
  status=143
  [ "$signal" = +INT ] && status=130
  expect $status '' '' interrupted $signal "$scratch/ended" "$APUS" compare exit.wasm numbers.wasm --setting bounds,one,O0,"$scratch/slow-cc" --setting bounds,many,O0 --only none
done
expect 1 '' '' test -e "$scratch/x"

# --invoke
expect 0 '5' '' "$APUS" run --invoke add numbers.wasm 2 3
expect 0 '-1' '' "$APUS" run --invoke add numbers.wasm 0xffffffff 0
expect 0 '-6' '' "$APUS" run --invoke mul64 numbers.wasm -2 3
expect 0 '1.25' '' "$APUS" run --invoke half numbers.wasm 2.5
expect 0 '0.33333334' '' "$APUS" run --invoke third numbers.wasm 1
expect 0 $'3\n1' '' "$APUS" run --invoke divmod numbers.wasm 10 3
expect 0 '7' '' "$APUS" run --invoke 'odd name' numbers.wasm
expect 0 '0x0000000e0000000c0000000a00000008' '' "$APUS" run --invoke sum vectors.wasm 0x7000000060000000500000004 0x7000000060000000500000004
expect 122 '' "apus: '17' is not a value of the parameter's type" "$APUS" run --invoke sum vectors.wasm 17 0x1
tables=../../Golden/tables.wasm
expect 0 '42' '' "$APUS" run --invoke with "$tables" 1 21
expect 0 '7' '' "$APUS" run --invoke without "$tables" 2
expect 134 '' '*indirect call type mismatch*"with"' "$APUS" run --invoke with "$tables" 2 0
expect 134 '' '*indirect call type mismatch*"without"' "$APUS" run --invoke without "$tables" 3
expect 134 '' '*uninitialized element*"with"' "$APUS" run --invoke with "$tables" 0 0
expect 134 '' '*undefined element*"with"' "$APUS" run --invoke with "$tables" 6 0
expect 0 '*[0-9]' '' "$APUS" run --stack-size 1048576 --invoke deep deep.wasm 3000
expect 134 '' 'apus: trap: call stack exhausted in function "deep"' \
  "$APUS" run --stack-size 1048576 --invoke deep deep.wasm 200000
expect 0 '*[0-9]' '' "$APUS" run --stack-size 100000000 --invoke deep deep.wasm 200000
expect 0 '' '' "$APUS" run --invoke clear loops.wasm 64512
expect 134 '' 'apus: trap: out of bounds memory access*' "$APUS" run --invoke clear loops.wasm 64513
expect 134 '' 'apus: trap: out of bounds memory access*' "$APUS" run -O3 --invoke copy loops.wasm 30000
expect 134 '' '*integer divide by zero*' "$APUS" run --invoke divmod numbers.wasm 1 0
# The memory has a page; it grows to what is allowed.
for memory in guard bounds; do
  expect 0 '1' '' "$APUS" run -O0 --memory $memory --max-memory 131072 --invoke grow loops.wasm 1
  expect 0 '-1' '' "$APUS" run -O0 --memory $memory --max-memory 131071 --invoke grow loops.wasm 1
done
expect 122 '' 'apus: the module needs 65536 bytes of memory, --max-memory gives 65535' \
  "$APUS" run --max-memory 65535 --invoke grow loops.wasm 1
expect 122 '' 'apus: add takes 2 arguments, not 1' "$APUS" run --invoke add numbers.wasm 2
expect 122 '' 'apus: half takes 1 argument, not 0' "$APUS" run --invoke half numbers.wasm
expect 122 '' "apus: 'x' is not a value*" "$APUS" run --invoke add numbers.wasm 2 x
expect 122 '' "apus: '4294967296' is not a value*" "$APUS" run --invoke add numbers.wasm 2 4294967296
expect 0 '30' '' "$APUS" run --invoke add numbers.wasm +010 0x14
expect 122 '' "apus: numbers.wasm has no function 'sub'*" "$APUS" run --invoke sub numbers.wasm

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
