// What `translate` writes into a folder.

import Translator

/// A folder with the C of a module and, if it is to build by itself, with the runtime, what a build system
/// needs, and a `main` where the module is a program.
struct TranslatedFolder {
  let path: String
  let options: TranslationOptions
  /// Folders that a program may use: `host`, `host::guest` or `host::guest::ro`.
  let dirs: [String]
  /// Nil where there is to be the C of the module alone.
  let project: Project?
  /// For an image of a board.
  var board: Board?

  struct Board {
    var image: TranslatedSources.Image
    /// C files of the board that are not the runtime's: their names and what they contain.
    var files: [(name: String, contents: [UInt8])]
    /// The C of what is in `dirs`, for modules of WASI.
    var folders: String?
  }

  func write(_ module: ModuleFile) throws {
    let prefix = project?.sourceFolder.map { $0 + "/" } ?? ""
    let folder = OutputFolder(prefix.isEmpty ? path : path + "/" + prefix.dropLast())
    guard let project else {
      _ = try module.translate(options, to: folder)
      return
    }

    let inspection = try module.inspect(checksBodies: false).limited(options.memoryLimit)
    var options = options
    options.isAlone = board != nil && inspection.isProgram && inspection.hostImports.isEmpty
    let translated = try module.translate(options, to: folder)
    let name = translated.name
    let profile = options.profile
    let isProgram =
      profile == .host && inspection.isProgram && inspection.hostImports.isEmpty
      && inspection.mistypedImports.isEmpty
    var parts: Runtime.Parts = profile == .firmware ? .baremetal : .posix
    if profile == .host && (inspection.usesWASI || isProgram) { parts.insert(.wasi) }
    if profile == .firmware && inspection.usesWASI { parts.insert(.boardWASI) }
    if isProgram {
      parts.insert(.program)
      let program = ProgramSource(
        name: name, instances: options.instances, entry: .start,
        hasImports: !inspection.imports.isEmpty, preopens: dirs,
        environment: [], stackSize: ProgramSource.defaultStackSize,
        hasNames: options.functionNames, sharedMemories: inspection.sharedMemories,
        startsThreads: inspection.startsThreads, maximumMemory: options.maximumMemory,
        determinism: options.determinism, fuel: options.fuel.map { _ in .max },
        hasTrace: !options.traces.isEmpty)
      try Files.write(program.text, to: path + "/\(name)_main.c")
    }
    var image: TranslatedSources.Image?
    let folders = inspection.isProgram && inspection.usesWASI ? board?.folders : nil
    if let board, inspection.isProgram {
      parts.insert(.image)
      let source = ImageSource(
        name: name, instances: options.instances, entry: .start,
        hasImports: !inspection.imports.isEmpty, usesWASI: inspection.usesWASI,
        takesMemory: inspection.takesMemory(translated), argv0: name, environment: [],
        folderCount: folders != nil ? dirs.count : 0)
      try Files.write(source.text, to: path + "/\(name)_main.c")
      for (name, contents) in board.files {
        try contents.withUnsafeBytes { try Files.write($0, to: path + "/" + name) }
      }
      image = board.image
    }
    if let folders {
      parts.insert(.boardFiles)
      try Files.write(folders, to: path + "/\(name)_files.c")
      image?.board.append("\(name)_files.c")
    }
    let runtime = try Runtime.write(
      parts, to: path, place: project.place(ofRuntime:), change: project.contents(ofRuntime:_:))
    let sources = TranslatedSources(
      name: name, translated: folder.names.filter { $0.hasSuffix(".c") }.map { prefix + $0 },
      runtime: runtime, profile: profile,
      exceptionWords: inspection.exceptionWords, countsCalls: options.determinism != nil,
      isProgram: isProgram, exports: inspection.exports.filter { $0.signature != nil },
      instances: options.instances, usesWASI: inspection.usesWASI,
      leastMemory: inspection.leastMemory(without: translated.placedMemory), image: image,
      hasFiles: folders != nil)
    for (file, text) in project.files(sources) {
      let place = path + "/" + file
      try Files.makeFolder(String(place[..<place.lastIndex(of: "/")!]))
      try Files.write(text, to: place)
    }
  }
}
