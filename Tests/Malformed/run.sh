#!/usr/bin/env bash
# Damaged modules: every truncation, byte flips, and modules that are large in one way.
# `run.sh full` takes all 100,000 flips, otherwise a tenth of them. Modules are our own, and
# those in $APUS_TEST_DATA/programs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
malformed=.build/release/malformed

flips=10000 size=20000
if [ "${1:-}" = full ]; then flips=100000 size=100000; fi

"$malformed" hostile "$size"
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
