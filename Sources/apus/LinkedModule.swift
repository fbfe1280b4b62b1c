/// A module that others import from, for `apus compare`.
struct LinkedModule: Sendable {
  /// What others call it.
  var name: String
  var path: String

  /// `name=file`
  init(parsing text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else {
      throw Failure(.usage, "--with wants a name and a file: env=library.wasm")
    }
    (name, path) = (String(parts[0]), String(parts[1]))
  }

  init(name: String, path: String) {
    self.name = name
    self.path = path
  }

  /// Where those lie that a module imports from: `a.imports` for `a.wasm`.
  static func folder(of path: String) -> String {
    (path.hasSuffix(".wasm") ? String(path.dropLast(5)) : path) + ".imports"
  }

  /// Those in its folder, in the order of their names; each by that of its file.
  static func beside(_ path: String) -> [LinkedModule] {
    let folder = folder(of: path)
    return Files.names(in: folder).filter { $0.hasSuffix(".wasm") }.sorted().map {
      LinkedModule(name: String($0.dropLast(5)), path: folder + "/" + $0)
    }
  }
}
