#!/bin/sh
# Compiles and runs the program in the comment of apus.h: manual.sh FOLDER COMMAND,
# with a folder to work in.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
apus=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
rm -rf "$1"
mkdir -p "$1"
cd "$1"
header=$root/Runtime-C/include/apus.h
sed -n '/^ \*\/$/q; / \*\/$/q; s/^ \* \{5\}//p; s/^ \*$//p' "$header" >program.c
"$apus" translate "$root/Examples/embedding/counter.wasm" --name counter -o out
make -s -C out
for cc in gcc clang; do
  command -v $cc >program.log || { echo "manual with $cc skipped: not installed"; continue; }
  $cc -std=c11 -Wall -Wextra -Werror -Iout -Iout/runtime/include program.c out/libcounter.a -lpthread -lm -o program
  printf 'first: counted 2\nfirst: counted 5\n5\n' >expected
  ./program | diff expected - || exit 1
done
for cc in g++ clang++; do
  command -v $cc >program.log || { echo "apus.h with $cc skipped: not installed"; continue; }
  echo '#include "counter.h"' | $cc -std=c++11 -Wall -Wextra -Werror -fsyntax-only -Iout -Iout/runtime/include -x c++ -
done
echo 'the manual in apus.h: its program runs'
