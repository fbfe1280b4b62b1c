import Glibc

/// The runtime's objects, which one compiler makes with the same flags for every program.
struct RuntimeObjects {
  private static let maximumEntries = 64

  private let cache: Cache
  private let folder: String
  private let names: [String]

  /// Nil where nothing can be kept.
  ///
  /// - Parameters:
  ///   - count: How many there are.
  ///   - flags: What the objects depend on, without names of temporary folders.
  init?(count: Int, compiler: String, flags: [String]) {
    guard let root = Cache.folder, Cache.isUsable(root) else { return nil }
    folder = root + "/runtime"
    names = (0..<count).map { "\($0).o" }
    let key = Cache.tools(compiler: compiler) + ([compiler] + flags).joined(separator: "\n")
    cache = Cache(
      folder: folder, key: Array(key.utf8), files: names, access: R_OK,
      maximumEntries: Self.maximumEntries)
  }

  /// Their paths in a folder that nobody else empties, if they are there: an entry may go while a program is built.
  func lookUp(into own: String) -> [String]? {
    guard cache.isThere() else { return nil }
    var objects: [String] = []
    for name in names {
      let (kept, object) = (cache.entry + "/" + name, "\(own)/runtime-\(name)")
      // A second name; a copy on another file system.
      guard link(kept, object) == 0 || (try? Files.copy(kept, to: object)) != nil else {
        return nil
      }
      objects.append(object)
    }
    return objects
  }

  /// Keeps objects, beside each of which lies the list of what it was made from; none of that
  /// counts which lies in `own`. A cache that has no room left changes nothing.
  func keep(_ objects: [String], own: String) async {
    guard Cache.isUsable(folder) else { return }
    try? await cache.store { aside in
      var includes: Set<String> = []
      for (object, name) in zip(objects, names) {
        try Files.copy(object, to: aside + "/" + name)
        includes.formUnion(try Dependencies.read(object + ".d"))
      }
      return includes.filter { !$0.hasPrefix(own + "/") }
    }
  }
}
