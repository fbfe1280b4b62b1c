/// What a file is that is no module, as far as its first bytes tell.
enum InputKind {
  /// The end of a sentence that begins with the file's name; nil where nothing is known.
  ///
  /// `is gzip-compressed: unpack it first` for the bytes `1f 8b 08 …`.
  static func describe(_ bytes: UnsafeRawBufferPointer) -> String? {
    if bytes.isEmpty { return "is empty" }
    for (start, what) in signatures where bytes.starts(with: start) { return what }
    let text = String(decoding: bytes.prefix(4096), as: UTF8.self).drop { $0.isWhitespace }
    if text.hasPrefix("(") || text.hasPrefix(";;") {
      return "is WebAssembly text: wat2wasm or wasm-tools parse make a module of it"
    }
    if text.hasPrefix("<") { return "is HTML or XML: perhaps a page about a module" }
    return nil
  }

  private static let signatures: [([UInt8], String)] = [
    (
      [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00],
      "is a component: build for wasm32-wasip1, or take the core modules out of it with "
        + "wasm-tools component unbundle"
    ),
    ([0x1f, 0x8b], "is gzip-compressed: unpack it first"),
    ([0x28, 0xb5, 0x2f, 0xfd], "is zstd-compressed: unpack it first"),
    (Array("PK\u{3}\u{4}".utf8), "is a zip archive: unpack it first"),
    (Array("!<arch>\n".utf8), "is an archive of object files: link it into a module first"),
    ([0x7f] + Array("ELF".utf8), "is a program or object for a processor, no module"),
    (Array("BC".utf8) + [0xc0, 0xde], "is LLVM bitcode: link it into a module first"),
  ]
}
