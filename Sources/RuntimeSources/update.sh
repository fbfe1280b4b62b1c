#!/bin/sh
# Writes runtime_sources.c from the files that Runtime-C holds.
# `update.sh --check` only compares, for `make lint`.
set -eu
cd "$(dirname "$0")"
root=../../Runtime-C
files=$(cd "$root" && find include core wasi port targets -name '*.[ch]' -o -name '*.py' -o -name '*.ld' -o -name '*.json5' 2>/dev/null | LC_ALL=C sort)
out=runtime_sources.c
new=$(mktemp)
# Named after the file, so that a new one changes no other line.
symbol() { echo "$1" | tr /.- ___; }
trap 'rm -f "$new"' EXIT
{
  echo '// Written by update.sh; `make lint` compares it with Runtime-C.'
  echo '#include "runtime_sources.h"'
  echo
  echo '#pragma clang diagnostic ignored "-Wc23-extensions"'
  echo
  for f in $files; do
    printf 'static const unsigned char %s[] = {\n#embed "%s/%s"\n};\n\n' "$(symbol "$f")" "$root" "$f"
  done
  echo 'static const struct runtime_source sources[] = {'
  for f in $files; do
    printf '  {"%s", %s, sizeof %s},\n' "$f" "$(symbol "$f")" "$(symbol "$f")"
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
