#!/bin/sh
# Writes runtime_sources.c from the files that Runtime-C holds.
# `update.sh --check` only compares, for `make lint`.
set -eu
cd "$(dirname "$0")"
root=../../Runtime-C
files=$(cd "$root" && find include core wasi port -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
out=runtime_sources.c
new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
  echo '// Written by update.sh; `make lint` compares it with Runtime-C.'
  echo '#include "runtime_sources.h"'
  echo
  echo '#pragma clang diagnostic ignored "-Wc23-extensions"'
  echo
  n=0
  for f in $files; do
    printf 'static const unsigned char file_%d[] = {\n#embed "%s/%s"\n};\n\n' "$n" "$root" "$f"
    n=$((n + 1))
  done
  echo 'static const struct runtime_source sources[] = {'
  n=0
  for f in $files; do
    printf '  {"%s", file_%d, sizeof file_%d},\n' "$f" "$n" "$n"
    n=$((n + 1))
  done
  echo '};'
  echo
  echo 'const struct runtime_source *runtime_source_at(size_t index) {'
  echo '  return index < sizeof sources / sizeof *sources ? &sources[index] : NULL;'
  echo '}'
} > "$new"
if [ "${1:-}" = --check ]; then
  cmp -s "$new" "$out" || { echo "$0: $out is out of date: run $0" >&2; exit 1; }
elif ! cmp -s "$new" "$out"; then
  cp "$new" "$out"
fi
