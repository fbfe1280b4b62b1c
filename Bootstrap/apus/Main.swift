// The command apus-c: what `apus` does without a C compiler. Its options are spelled as there.

import Translator

enum Main {
  static let help = """
    \(Version.text), translated by itself: WebAssembly ahead of time into C.

      apus-c translate [options] app.wasm -o out   C, a header, the runtime and a Makefile
      apus-c validate app.wasm                     silent and 0 for a valid module
      apus-c inspect [--prototypes] app.wasm       imports, exports, memory, proposals in use

    Options of translate:
      -o, --output FOLDER                  the folder to write into
      --memory guard|bounds|unchecked      how accesses stay inside memory (guard; firmware: bounds)
      --traps relaxed|exact                what is exact at a trap of the hardware (relaxed)
      --instances one|many                 instances that a program can have (many)
      --profile host|firmware              what the C will run on (host)
      --name NAME                          prefix of the public C names (the file's name)
      --max-memory BYTES                   that the memory can grow to at most
      --memory-limit BYTES                 of memory instead of whole pages: it never grows
      --heap BYTES                         the same, counted from where the module's heap begins
      --deterministic                      same input, same bytes, wherever it runs
      --max-stack BYTES                    of stack that --deterministic counts (1048576)
      --seed N                             for its random numbers (0)
      --clock SECONDS                      since 1970, where its clock starts (946684800)
      --fuel                               count what is executed, and trap where that is spent
      --fuel-costs FILE                    what instructions cost: `call 10` in a line
      --interruptible                      loops and calls end when another thread wants it
      --trace calls|stores|blocks          say what happens; repeatable
      --split BYTES                        of C in a file before it is split; 0 never splits
      --dir HOST[::GUEST[::ro]]            a folder that the program may use
      --export NAME                        which is kept, unlike those that are not named; repeatable
      --no-names                           without the functions' names for messages of traps
      --no-offsets                         traps do not say where they are; the code is smaller
      --no-makefile                        without the runtime and a Makefile
      --project make|cmake|esp-idf|zephyr|platformio|arduino|cargo
                                           what the folder is for (make)

    A path is absolute, or leads down from the working folder.
    Exit status: 0 done, 1 bad module, 2 wrong usage, 3 a file could not be read or written,
    5 the module uses a proposal that is not supported.
    """

  static func run(_ words: [String]) {
    var arguments = Arguments(words)
    switch words.first {
    case "translate": translate(&arguments)
    case "validate": ModuleFile(arguments.module([])).validate()
    case "inspect":
      let path = arguments.module(["--prototypes"])
      let prototypes = arguments.flag("--prototypes")
      let module = ModuleFile(path)
      let inspection = module.inspect { error in
        if prototypes { return }
        for line in Refusal.lines(error, module.contents.bytes) { Output.print(line) }
      }
      let lines =
        prototypes
        ? [inspection.prototypeHeader(of: Files.baseName(path))] : inspection.lines
      for line in lines { Output.print(line) }
    case "--version": Output.print(Version.text)
    case "--help", "-h", "help": Output.print(help)
    case let word?: Failure.exit(Failure.usage, "there is no command '\(word)'; see apus-c --help")
    case nil: Failure.exit(Failure.usage, "a command is missing; see apus-c --help")
    }
  }

  private static func translate(_ arguments: inout Arguments) {
    let path = arguments.module(
      [
        "--no-names", "--names", "--no-offsets", "--offsets", "--no-makefile", "--makefile",
        "--deterministic",
        "--fuel", "--interruptible",
      ],
      values: [
        "--output", "--memory", "--instances", "--profile", "--name", "--max-memory", "--split",
        "--memory-limit", "--heap", "--export",
        "--dir", "--traps", "--max-stack", "--seed", "--clock", "--fuel-costs", "--trace",
        "--project",
      ])
    guard let output = arguments.value("--output") else {
      Failure.exit(Failure.usage, "--output says which folder to write into")
    }
    let project: Project? = arguments.choice("--project")
    let hasMakefile = !arguments.flag("--no-makefile")
    var options = TranslationOptions()
    options.profile = arguments.choice("--profile") ?? project?.profile ?? .host
    if let mistake = project?.mistake(profile: options.profile, hasMakefile: hasMakefile) {
      Failure.exit(Failure.usage, mistake)
    }
    options.memory = arguments.choice("--memory") ?? (options.profile == .host ? .guard : .bounds)
    options.traps = arguments.choice("--traps") ?? .relaxed
    options.instances =
      arguments.choice("--instances") ?? project?.instances ?? .many
    options.name = arguments.value("--name")
    options.maximumMemory = arguments.number("--max-memory")
    if let bytes: UInt64 = arguments.number("--memory-limit") {
      options.memoryLimit = .bytes(bytes)
    }
    if let bytes: UInt64 = arguments.number("--heap") { options.memoryLimit = .heap(bytes) }
    if arguments.flag("--deterministic") {
      var determinism = TranslationOptions.Determinism()
      if let size: UInt64 = arguments.number("--max-stack") { determinism.maximumStack = size }
      if let seed: UInt64 = arguments.number("--seed") { determinism.seed = seed }
      if let clock: UInt64 = arguments.number("--clock") { determinism.clock = clock }
      options.determinism = determinism
    }
    options.traces = arguments.choices("--trace")
    options.isInterruptible = arguments.flag("--interruptible")
    if arguments.flag("--fuel") {
      options.fuel = TranslationOptions.Fuel()
      if let path = arguments.value("--fuel-costs") {
        let text = String(decoding: Files.Contents(of: path).bytes, as: UTF8.self)
        do {
          options.fuel = try TranslationOptions.Fuel(table: text)
        } catch {
          Failure.exit(Failure.usage, "\(path), \(error.description)")
        }
      }
    } else if arguments.value("--fuel-costs") != nil {
      Failure.exit(Failure.usage, "--fuel-costs is for --fuel")
    }
    if let size: Int = arguments.number("--split") { options.splitSize = size }
    options.exports = arguments.values("--export")
    options.offsets = !arguments.flag("--no-offsets")
    options.functionNames = !arguments.flag("--no-names") && !(project?.isFirmware ?? false)
    if let mistake = options.mistake ?? FolderRules.mistake(arguments.values("--dir")) {
      Failure.exit(Failure.usage, mistake)
    }
    if let warning = options.warning { Output.print(warning, isError: true) }
    let module = ModuleFile(path, exports: options.exports)
    if options.dependOnModule,
      let shortage = options.shortage(module.inspect(checksBodies: false))
    {
      Failure.exit(Failure.usage, shortage)
    }
    let folder = TranslatedFolder(
      path: output, options: options, dirs: arguments.values("--dir"),
      project: hasMakefile ? project ?? .make : nil)
    do { try folder.write(module) } catch { Failure.system("cannot write \(output)") }
  }
}

/// Called by the C library.
@_cdecl("__main_argc_argv")
func main(_ count: Int32, _ words: UnsafePointer<UnsafePointer<CChar>?>?) -> Int32 {
  var list: [String] = []
  for index in 1..<max(1, Int(count)) {
    if let word = words?[index] { list.append(String(cString: word)) }
  }
  Main.run(list)
  return 0
}
