#!/bin/sh
# valgrind.sh PROGRAM ARGUMENT...: no error, no leak, and no descriptor left open but
# those that the shell handed down.
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT
valgrind -q --leak-check=full --show-leak-kinds=all --track-fds=yes --error-exitcode=9 --log-file="$log" "$@" || {
  cat "$log" >&2
  exit 1
}
awk '/Open .*file descriptor|Open AF_/ { open = $0; next }
     open != "" { if ($0 !~ /<inherited from parent>/) { print open; print $0; bad = 1 } open = "" }
     END { exit bad }' "$log" || { echo "a descriptor is left open" >&2; exit 1; }
