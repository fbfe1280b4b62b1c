/// The lists of files that C compilers write for make.
enum Dependencies {
  /// The files of a list: `app.o: app.c a\\ b.h \\` and further lines give app.c and `a b.h`.
  static func read(_ path: String) throws -> [String] {
    let contents = try Files.Contents(of: path)
    let text = withExtendedLifetime(contents) { String(decoding: contents.bytes, as: UTF8.self) }
    var files: [String] = []
    var file = ""
    var previous: Character?
    for character in text + "\n" {
      switch (previous, character) {
      // `\ ` and `\#` stand for a blank and a number sign, `$$` for a dollar.
      case ("\\", " "), ("\\", "#"), ("$", "$"):
        file.removeLast()
        file.append(character)
        previous = nil
        continue
      case ("\\", "\n"):
        file.removeLast()
        fallthrough
      case (_, " "), (_, "\n"):
        if !file.isEmpty { files.append(file) }
        file = ""
      default: file.append(character)
      }
      previous = character
    }
    // The first is what is made.
    return Array(files.dropFirst())
  }
}
