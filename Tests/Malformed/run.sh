#!/usr/bin/env bash
# Damaged modules: every truncation, byte flips, and modules that are large in one way.
# Modules are our own, and those in $APUS_TEST_DATA/programs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
malformed=.build/release/malformed

flips=100000

"$malformed" hostile 100000
"$malformed" truncate Examples/hello/hello.wasm Tests/Spec/scripts/json/*/*.0.wasm
if [ -z "${APUS_TEST_DATA:-}" ]; then
  echo 'malformed: APUS_TEST_DATA is not set: only our own modules are damaged'
  "$malformed" flip "$flips" 1 Examples/hello/hello.wasm Tests/Spec/scripts/json/*/*.0.wasm
  exit
fi
programs() {
  for name; do echo "$APUS_TEST_DATA/programs/$name/$name.wasm"; done
}
"$malformed" truncate $(programs shootout-heapsort zig-wasi tinygo-cat)
"$malformed" sample 2000 $(programs go-wasi)
"$malformed" flip "$flips" 1 Examples/hello/hello.wasm Tests/Spec/scripts/json/call_indirect/call_indirect.0.wasm \
  $(programs shootout-gimli shootout-heapsort quicksort richards tinygo-cat zig-wasi smallpt-ex-mv shootout-minicsv)
