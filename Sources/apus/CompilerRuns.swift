/// The runs of the C compiler that a program takes, each with the flags of all.
struct CompilerRuns {
  /// Where objects go.
  let folder: String
  let flags: [String]
  private(set) var invocations: [[String]] = []
  /// Objects and archives, in the linker's order.
  private(set) var linked: [String] = []
  /// By object: what it is compiled from.
  private(set) var sources: [String: String] = [:]

  init(folder: String, flags: [String]) {
    self.folder = folder
    self.flags = flags
  }

  /// Compiles a source with further flags, and links its object; after `-MD` or `-MMD` the list of
  /// what it includes lies beside that, with `.d` behind its name.
  ///
  /// - Returns: The object's path.
  @discardableResult
  mutating func compile(_ source: String, _ further: [String] = []) -> String {
    let object = folder + "/\(invocations.count).o"
    let list = further.contains { $0 == "-MD" || $0 == "-MMD" } ? ["-MF", object + ".d"] : []
    invocations.append(flags + further + list + ["-c", source, "-o", object])
    linked.append(object)
    sources[object] = source
    return object
  }

  mutating func link(_ files: [String]) { linked += files }

  /// Does not link an object, which is compiled all the same.
  mutating func leaveOut(_ object: String) { linked.removeAll { $0 == object } }
}
