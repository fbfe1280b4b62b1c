#!/bin/sh
# Apus translated by itself: build.sh [FOLDER] makes FOLDER/apus-c.wasm of the translator's
# sources, in Embedded Swift, and FOLDER/apus-c of that, which is C and needs no Swift.
#
# The targets become one module, since Embedded Swift has no types without copies across modules.
# A file of Bootstrap stands in for the one of the same name in Sources; APUS is the command that
# translates, SWIFTC and ZIG are the compilers.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
folder=${1:-$root/.build/bootstrap}
: "${APUS:=$root/.build/release/apus}" "${SWIFTC:=swiftc}" "${ZIG:=python3 -m ziglang}"

targets='WasmModel WasmParser WasmValidator FunctionIR CEmitter Translator'
# What of the command is the same here.
shared='CName CompilerFlags ImageSource InputKind InspectionText ModuleCalls OptionRules Printable ProgramSource Runtime TranslatedFolder
  Version WASICalls'

rm -rf "$folder/sources" "$folder/modules"
mkdir -p "$folder/sources" "$folder/modules"
cd "$folder"
embedded='-target wasm32-unknown-none-wasm -enable-experimental-feature Embedded -wmo
  -parse-as-library -swift-version 6 -package-name apus'

# Each file under its target's name too, as no two may be called the same. The modules that
# they import are there, and empty.
: > sources/none.swift
for target in $targets; do
  $SWIFTC $embedded -emit-module -module-name "$target" -o "modules/$target.swiftmodule" sources/none.swift
  for file in $(find "$root/Sources/$target" "$here/$target" -name '*.swift' 2>/dev/null); do
    ln -sf "$file" "sources/${target}_${file##*/}"
  done
done
for name in $shared; do ln -s "$root/Sources/apus/$name.swift" "sources/apus_$name.swift"; done
for file in "$root"/Sources/apus/Projects/*.swift; do ln -s "$file" "sources/apus_${file##*/}"; done
for file in "$here"/*.swift "$here"/apus/*.swift; do ln -s "$file" "sources/apus_${file##*/}"; done

# That errors without a type are discouraged is known.
$SWIFTC $embedded -O -suppress-warnings -module-name apus_c -I modules -I "$here/system" \
  -c -o apus-c.o sources/*.swift

library=$(dirname "$(dirname "$(readlink -f "$(command -v "$SWIFTC")")")")/lib/swift/embedded
$ZIG cc -target wasm32-wasi -O2 -std=c23 -I "$root/Sources/RuntimeSources/include" -o apus-c.wasm \
  apus-c.o "$here/system/system.c" "$root/Sources/RuntimeSources/runtime_sources.c" \
  "$library/wasm32-unknown-none-wasm/libswiftUnicodeDataTables.a" \
  -Wl,-z,stack-size=8388608

# The runtime keeps the names that begin with apus for itself, so the program has another one
# at first.
rm -rf apus-c
"$APUS" translate apus-c.wasm --name translator --dir .::/here --dir /::/root -o apus-c
cat >> apus-c/Makefile <<'END'

PREFIX ?= /usr/local

# The command.
all: apus-c

apus-c: translator
	cp translator apus-c

clean: clean-command

clean-command:
	rm -f apus-c

.PHONY: clean-command install

install: apus-c
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 apus-c $(DESTDIR)$(PREFIX)/bin/apus-c
END
cp "$here/README.md" apus-c
