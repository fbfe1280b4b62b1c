#!/bin/sh
# Converts scripts/NAME.wast to scripts/json/NAME/, with wast2json of wabt, or with wasm-tools where
# the first line says so: for proposals that not every wabt knows. With --check it only says what is out
# of date, and nothing of scripts whose tool is missing.
set -eu
cd "$(dirname "$0")/scripts"
out=json
check=
if [ "${1:-}" = --check ]; then
  check=yes
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
fi
missing=
# has TOOL: if it is there, or nothing is compared.
has() {
  command -v "$1" >/dev/null && return
  [ "$check" ] || { echo "convert: there is no $1" >&2; exit 1; }
  missing="$1 $missing"
  cp -r "json/$name" "$out/"
  return 1
}
# Later ones have it without being asked, and do not know the option.
extended=
if wast2json --help 2>/dev/null | grep -q enable-extended-const; then extended=--enable-extended-const; fi
for script in *.wast; do
  name=${script%.wast}
  rm -rf "${out:?}/$name"
  if [ "$(head -n 1 "$script")" = ';; by wasm-tools' ]; then
    has wasm-tools || continue
    mkdir -p "$out/$name"
    wasm-tools json-from-wast "$script" --wasm-dir "$out/$name" -o "$out/$name/$name.json"
    continue
  fi
  has wast2json || continue
  mkdir -p "$out/$name"
  # Unchecked: constant expressions may read more globals than it knows of.
  wast2json --no-check $extended "$script" -o "$out/$name/$name.json"
  # It forgets the comma between the types of results.
  sed -i 's/}{/}, {/g' "$out/$name/$name.json"
done
for tool in $(printf '%s\n' $missing | sort -u); do echo "convert: SKIPPED what needs $tool, which is missing"; done
if [ "$check" ] && ! diff -rq "$out" json; then
  echo 'convert: run make scripts'
  exit 1
fi
