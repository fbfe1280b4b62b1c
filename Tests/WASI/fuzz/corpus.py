#!/usr/bin/env python3
"""corpus.py pack FOLDER: the inputs in it become corpus.txt, a line each, in hexadecimal.
corpus.py unpack FOLDER: the other way round."""
import hashlib
import pathlib
import sys

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus.txt"


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("pack", "unpack"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "pack":
        inputs = sorted((path.read_bytes() for path in folder.iterdir()), key=lambda data: (len(data), data))
        CORPUS.write_text("".join(data.hex() + "\n" for data in inputs if data))
        return
    folder.mkdir(parents=True, exist_ok=True)
    for line in CORPUS.read_text().split():
        data = bytes.fromhex(line)
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


if __name__ == "__main__":
    main()
