import Translator

/// What a folder of translated C holds: all that a build system has to know of it.
struct TranslatedSources {
  /// Prefix of the module's C names.
  var name: String
  /// C files of the library: of the module, and of the runtime.
  var translated: [String]
  var runtime: [String]
  var profile: TranslationOptions.Profile
  /// As in Inspection.
  var exceptionWords: Int?
  /// Calls are counted, by module and runtime.
  var countsCalls: Bool
  /// There is a NAME_main.c that makes a WASI program of the library.
  var isProgram: Bool
  /// Its exports that are functions.
  var exports: [Inspection.Export]
  var instances: TranslationOptions.Instances
  var usesWASI: Bool
  /// Bytes that its memory and tables take at first.
  var leastMemory: UInt64
  /// What an image of a board is made with; then there is a NAME_main.c, too.
  var image: Image?
  /// The board has a file system.
  var hasFiles = false

  struct Image {
    var compiler: String
    var flags: [String]
    /// C files that start the processor and are its console.
    var board: [String]
    var linking: [String]
  }

  var required: [String] { required(exceptionWords) }
  /// The same in two parts, the definitions without `-D`.
  var requiredParts: (options: [String], definitions: [String]) { parts(of: required) }
  /// And without that of exceptionWords.
  var requiredButWords: (options: [String], definitions: [String]) { parts(of: required(nil)) }
  private func required(_ exceptionWords: Int?) -> [String] {
    CompilerFlags.required(
      profile, exceptionWords, countsCalls: countsCalls, hasFiles: hasFiles)
  }
  private func parts(of flags: [String]) -> (options: [String], definitions: [String]) {
    (
      flags.filter { !$0.hasPrefix("-D") },
      flags.filter { $0.hasPrefix("-D") }.map { String($0.dropFirst(2)) }
    )
  }
  var translatedFlags: [String] { CompilerFlags.translated(profile) }
}

extension Inspection {
  /// Bytes of memories and tables of its own at first, on a processor of 32 bits; a little more, for what an allocator adds.
  ///
  /// - Parameter placed: Bytes of memories that need no room, since they are part of the C.
  func leastMemory(without placed: UInt64) -> UInt64 {
    // A table of 32 bits has no more elements than those, but a module may have many.
    Self.sum(
      [memorySize - min(memorySize, placed), 64]
        + tables.map { UInt64(UInt32(clamping: $0.minimum)) * 8 })
  }

  /// Whether an image has to give it memory.
  func takesMemory(_ translated: Translated) -> Bool {
    usesWASI || !hostImports.isEmpty || !tables.isEmpty || memorySize > translated.placedMemory
  }

  /// Bytes of its own memories at first.
  var memorySize: UInt64 { Self.sum(memories.filter { !$0.isImported }.map { $0.minimumSize }) }

  private static func sum(_ sizes: [UInt64]) -> UInt64 {
    sizes.reduce(0) { sum, size in
      let (sum, overflow) = sum.addingReportingOverflow(size)
      return overflow ? .max : sum
    }
  }
}
