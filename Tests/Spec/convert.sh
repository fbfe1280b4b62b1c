#!/bin/sh
# Converts scripts/NAME.wast to scripts/json/NAME/, with wast2json of wabt. With --check it only
# says what is out of date, and nothing where wast2json is missing.
set -eu
cd "$(dirname "$0")/scripts"
out=json
if [ "${1:-}" = --check ]; then
  if ! command -v wast2json >/dev/null; then
    echo 'convert: SKIPPED, there is no wast2json'
    exit 0
  fi
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
fi
# Later ones have it without being asked, and do not know the option.
extended=
if wast2json --help | grep -q enable-extended-const; then extended=--enable-extended-const; fi
for script in *.wast; do
  name=${script%.wast}
  rm -rf "${out:?}/$name"
  mkdir -p "$out/$name"
  # Unchecked: constant expressions may read more globals than it knows of.
  wast2json --no-check $extended "$script" -o "$out/$name/$name.json"
  # It forgets the comma between the types of results.
  sed -i 's/}{/}, {/g' "$out/$name/$name.json"
done
if [ "$out" != json ] && ! diff -rq "$out" json; then
  echo 'convert: run make scripts'
  exit 1
fi
