#!/bin/sh
# Packs FOLDER/apus-c, as build.sh left it, with its licences: dist.sh [FOLDER].
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
cd "${1:-$root/.build/bootstrap}"
: "${SWIFTC:=swiftc}"
swift=$(dirname "$(dirname "$(readlink -f "$(command -v "$SWIFTC")")")")
zig=$(python3 -c 'import os, ziglang; print(os.path.dirname(ziglang.__file__))')
version=$(sed -n 's/.*number = "\(.*\)"$/\1/p' "$root/Sources/apus/Version.swift")

# The texts lie beside what was linked.
mkdir -p apus-c/LICENSES
cp "$root/LICENSE" apus-c/LICENSES/Apus.txt
cp "$swift/share/swift/LICENSE.txt" apus-c/LICENSES/Swift.txt
cp "$zig/LICENSE" apus-c/LICENSES/Zig.txt
for name in LICENSE LICENSE-APACHE LICENSE-APACHE-LLVM LICENSE-MIT; do
  cp "$zig/lib/libc/wasi/$name" "apus-c/LICENSES/wasi-libc${name#LICENSE}.txt"
done
cp "$zig/lib/libc/wasi/libc-bottom-half/cloudlibc/LICENSE" apus-c/LICENSES/cloudlibc.txt
cp "$zig/lib/libc/musl/COPYRIGHT" apus-c/LICENSES/musl.txt

archive=apus-c-$version.tar.gz
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --transform "s,^apus-c,apus-c-$version," \
  --exclude='*.o' --exclude='*.d' --exclude='*.a' --exclude=apus-c/apus-c --exclude=apus-c/translator \
  -czf "$archive" apus-c
echo "$PWD/$archive"
