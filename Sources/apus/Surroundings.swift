import Translator

/// What is around a translated module in an executable, and how all of it is compiled.
struct Surroundings {
  var compiler: String
  /// Where another command links.
  var linker: String?
  /// The text of the C file with `main`.
  var main: String
  var parts: Runtime.Parts
  /// The text of the C file with an image's files; nil where it has none.
  var files: String?
  /// For each C file.
  var flags: [String]
  var board: [Target.BoardFile] = []
  /// For the linker, before and behind the objects.
  var linking: [String] = []
  var libraries: [String] = []

  /// What a file of the runtime counts for in a report.
  static func part(ofRuntime path: String) -> String {
    if path.hasPrefix("wasi/") || path.hasPrefix("port/board/") || path.hasSuffix("_wasi.c") {
      return "WASI"
    }
    return path.hasPrefix("port/image/") ? "board" : "runtime"
  }
}

extension BuildArguments {
  /// A program of this host.
  func program(
    _ name: String, _ inspection: Inspection, _ entry: ProgramSource.Entry
  ) -> Surroundings {
    let program = ProgramSource(
      name: name, instances: options.instances, entry: entry,
      hasImports: !inspection.imports.isEmpty, preopens: folders.dir, environment: env,
      inheritsEnvironment: inheritEnv, addresses: tcplisten, standardInput: stdin,
      standardOutput: stdout, argv0: argv0, stackSize: programStack,
      hasNames: options.functionNames, sharedMemories: inspection.sharedMemories,
      startsThreads: inspection.startsThreads, maximumMemory: options.maximumMemory,
      determinism: options.determinism, fuel: fuel, reportsFuel: fuelReport, timeout: timeout,
      hasTrace: !options.traces.isEmpty, traceFile: traceTo)
    let parts: Runtime.Parts = [.posix, .wasi, .program]
    return Surroundings(
      compiler: compilerCommand, main: program.text,
      parts: program.isInvoked ? parts.union(.invocation) : parts,
      flags: CompilerFlags.required(
        .host, inspection.exceptionWords, countsCalls: options.determinism != nil),
      libraries: CompilerFlags.linking)
  }

  /// An image of a board, of files in a folder.
  func image(
    _ written: Translated, _ module: ModuleFile, _ inspection: Inspection,
    _ entry: ProgramSource.Entry, _ target: Target, in folder: String
  ) throws -> Surroundings {
    if case .invoke(let export, _) = entry, let obstacle = ImageSource.obstacle(export) {
      throw Failure(.usage, obstacle)
    }
    let name = written.name
    let needed = inspection.memorySize
    let stack = stackSize ?? target.stack
    guard stack < target.ram.size, needed <= target.ram.size - stack else {
      throw Failure(
        .usage,
        "the module needs \(needed) bytes of memory, which \(target.name) has not: of its \(target.ram.size) bytes of RAM "
          + "the stack takes \(stack); a C program needs less with -Wl,-z,stack-size=8192 and without --initial-memory, "
          + "any module with --memory-limit or --heap"
      )
    }
    let image = ImageSource(
      name: name, instances: options.instances, entry: entry,
      hasImports: !inspection.imports.isEmpty, usesWASI: inspection.usesWASI,
      takesMemory: inspection.takesMemory(written) || !link.isEmpty,
      argv0: argv0 ?? Files.baseName(module.path), environment: env,
      folderCount: inspection.usesWASI ? folders.dir.count : 0)
    let hasFiles = image.folderCount > 0
    let shared: Runtime.Parts =
      hasFiles ? [.baremetal, .image, .boardFiles] : [.baremetal, .image]
    var linking = target.linking(script: "\(folder)/runtime/port/image/image.ld", stack: stack)
    linking.append("-Wl,-Map=\(folder)/image.map")
    if case .none = entry {
      let functions = inspection.exports.filter { $0.kind == .function }.compactMap(\.symbol)
      linking += functions.map { "-Wl,-u,\(name)_\($0)" }
      linking.append("-Wl,--unresolved-symbols=ignore-all")
    }
    let (compiler, linker) = (cc ?? target.compiler, target.linker(cc))
    // Objects of clang say so, those of libraries for boards do not.
    if linker != compiler { linking.append("-Wl,-z,noexecstack") }
    return Surroundings(
      compiler: compiler, linker: linker, main: image.text,
      parts: inspection.usesWASI ? shared.union(.boardWASI) : shared,
      files: hasFiles ? try folders.forImage.text() : nil,
      flags: target.compiling(by: cc)
        + CompilerFlags.required(
          .firmware, inspection.exceptionWords, countsCalls: false, hasFiles: hasFiles),
      board: target.board,
      linking: linking)
  }
}
