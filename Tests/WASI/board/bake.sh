#!/bin/sh
# bake.sh: what bake.py makes of a folder is the folder, byte for byte, and what it cannot
# put into an image it refuses.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
runtime=$here/../../../Runtime-C
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
failed=0

refuses() { # MESSAGE FOLDER NAME
  if out=$("$runtime/port/board/bake.py" "$2" "$3" 2>&1 >made.c); then
    echo "bake.py takes $2 as $3"; failed=1
  else
    case $out in *"$1"*) ;; *) echo "bake.py $2 $3 says: $out"; failed=1;; esac
  fi
}

mkdir link fifo component deep empty
ln -s /etc/passwd link/passwd
mkfifo fifo/fifo
: >"component/$(printf 'x%.0s' $(seq 64))"
folder=deep/$(printf 'x%.0s' $(seq 60))/$(printf 'y%.0s' $(seq 60))
mkdir -p "$folder"
: >"$folder/file-name"
refuses 'neither a file nor a folder' link site
refuses 'neither a file nor a folder' fifo site
refuses 'the path is too long' component site
refuses 'the path is too long' deep site
refuses 'is no folder' nothing site
refuses usage empty not-a-name

mkdir -p 'site/a "quoted" name/inner' site/none
awk 'BEGIN { for (i = 0; i < 256; i++) printf "%c", i }' | LC_ALL=C cat >site/bytes
printf 'trigraph ??/ and \\ and \377' >'site/a "quoted" name/inner/text'
: >site/zero
cat >unbake.c <<'C'
#include "apus_ramfs.h"
#include <stdio.h>
#include <sys/stat.h>
extern const struct apus_ramfs_image site_files[];
extern const uint32_t site_file_count;
int main(void) {
  for (uint32_t i = 0; i < site_file_count; i++) {
    const struct apus_ramfs_image *one = &site_files[i];
    if (one->folder) {
      mkdir(one->path, 0777);
    } else {
      FILE *file = fopen(one->path, "wb");
      fwrite(one->data, 1, one->size, file);
      fclose(file);
    }
  }
  return 0;
}
C
for folder in site empty; do
  "$runtime/port/board/bake.py" $folder site >made.c
  ${CC:-cc} -std=c11 -Wall -Wextra -Werror -DAPUS_CONFIG_WASI_BOARD -I"$runtime/include" unbake.c made.c -o unbake
  rm -rf out && mkdir out && (cd out && ../unbake)
  diff -r $folder out || failed=1
done
[ $failed = 0 ] && echo 'bake.py: as expected'
exit $failed
