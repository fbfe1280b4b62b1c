#!/usr/bin/env python3
"""Makes a C file of a folder, to be part of a board's image.

    bake.py FOLDER NAME > files.c

defines `const struct apus_ramfs_image NAME_files[]` and `const uint32_t
NAME_file_count` for struct apus_ramfs (apus_ramfs.h). Regular files and folders
only; the order is that of the names, whatever the host lists first."""
import os
import sys

PATH_MAX, NAME_MAX = 128, 64  # with a NUL: APUS_CONFIG_WASI_PATH_MAX, APUS_VFS_NAME_MAX


def entries(folder):
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.islink(path) or not (os.path.isdir(path) or os.path.isfile(path)):
            sys.exit(f"bake.py: {path} is neither a file nor a folder")
        yield path
        if os.path.isdir(path):
            yield from entries(path)


def quoted(text):
    return "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in os.fsencode(text))


def main():
    if len(sys.argv) != 3 or not sys.argv[2].isidentifier():
        sys.exit("usage: bake.py FOLDER NAME > files.c")
    root, name = sys.argv[1:]
    if not os.path.isdir(root):
        sys.exit(f"bake.py: {root} is no folder")
    print(f"/* Made by bake.py. */\n#include \"apus_ramfs.h\"\n")
    rows = []
    for path in entries(root):
        inner = os.path.relpath(path, root).replace(os.sep, "/")
        if len(os.fsencode(inner)) >= PATH_MAX or len(os.fsencode(os.path.basename(path))) >= NAME_MAX:
            sys.exit(f"bake.py: {inner}: the path is too long")
        if os.path.isdir(path):
            rows.append(f'{{"{quoted(inner)}", 0, 0, true}}')
            continue
        data = open(path, "rb").read()
        if data:
            print(f"static const unsigned char file_{len(rows)}[] = {{")
            for at in range(0, len(data), 24):
                print("  " + ",".join(str(b) for b in data[at:at + 24]) + ",")
            print("};")
        rows.append(f'{{"{quoted(inner)}", {f"file_{len(rows)}" if data else 0}, {len(data)}, false}}')
    print(f"extern const struct apus_ramfs_image {name}_files[];\nextern const uint32_t {name}_file_count;")
    print(f"const struct apus_ramfs_image {name}_files[] = {{")
    for row in rows or ['{"", 0, 0, true}']:
        print(f"  {row},")
    print(f"}};\nconst uint32_t {name}_file_count = {len(rows)};")


if __name__ == "__main__":
    main()
