import ArgumentParser
import Translator

struct Translate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate",
    abstract: "Write C, a header, the runtime and a Makefile into a folder.",
    discussion: """
      The folder builds without apus:

        apus translate app.wasm -o out && make -C out -j4 CC=clang CFLAGS=-O3

      To embed a module in a C program, with one static instance (app.h tells how to use it):

        apus translate app.wasm -o out --instances one && make -C out libapp.a

      For a microcontroller:

        apus translate app.wasm -o out --profile firmware --no-makefile

      For a look at what the translator does with function 7:

        apus translate app.wasm --dump ir --function 7
      """)

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  @Option(name: .shortAndLong, help: "The folder to write into.", completion: .directory)
  var output: String?

  @Option(help: "What the C will run on.")
  var profile = TranslationOptions.Profile.host

  @Option(help: "Bytes of C in a file before it is split; 0 never splits.")
  var split: Int?

  @Flag(inversion: .prefixedNo, help: "Write the runtime and a Makefile, too.")
  var makefile = true

  @OptionGroup var dump: DumpArguments
  @OptionGroup var arguments: TranslationArguments

  mutating func validate() throws {
    if profile == .firmware && arguments.memory == .guard {
      throw ValidationError(
        "--profile firmware has no guard pages: --memory takes bounds or unchecked")
    }
    if let split, split < 0 { throw ValidationError("--split is 0 or more") }
    if output == nil && dump.what == nil {
      throw ValidationError("--output says which folder to write into")
    }
  }

  mutating func run() throws {
    arguments.warn()
    let module = try ModuleFile(file)
    if arguments.maxMemory != nil { try arguments.check(module.inspect(checksBodies: false)) }
    var options = arguments.options(profile: profile, instances: .many)
    if let split { options.splitSize = split }
    options.skippedPasses = Set(dump.skippedPasses)
    if dump.what != nil {
      let text = try module.dumpIR(options, after: dump.pass, function: dump.function)
      if let function = dump.function, text.isEmpty {
        throw Failure(.usage, "\(file) defines no function \(function)")
      }
      print(text, terminator: "")
    }
    guard let output else { return }
    let folder = OutputFolder(output)
    let name = try module.translate(options, to: folder)
    guard makefile else { return }

    let inspection = try module.inspect(checksBodies: false)
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
        hasImports: !inspection.imports.isEmpty, preopens: [],
        environment: [], stackSize: BuildArguments.defaultStackSize,
        hasNames: options.functionNames)
      try Files.write(program.text, to: output + "/\(name)_main.c")
    }
    let runtime = try Runtime.write(parts, to: output + "/runtime")
    let makefile = GeneratedMakefile(
      name: name, translated: folder.names.filter { $0.hasSuffix(".c") },
      runtime: runtime.map { "runtime/" + $0 }, profile: profile, isProgram: isProgram)
    try Files.write(makefile.text, to: output + "/Makefile")
  }
}

/// The Makefile that `translate` leaves beside the C.
struct GeneratedMakefile {
  /// Prefix of the module's C names.
  var name: String
  /// C files of the library: of the module, and of the runtime.
  var translated: [String]
  var runtime: [String]
  var profile: TranslationOptions.Profile
  /// There is a NAME_main.c that makes a WASI program of the library.
  var isProgram: Bool

  var text: String {
    """
    # Builds \(isProgram ? "\(name) and " : "")lib\(name).a from the C that apus wrote.
    # CC, AR, CFLAGS and LDFLAGS are yours.
    CFLAGS ?= -O2

    # The C needs these to mean what the module means.
    REQUIRED = \(CompilerFlags.required(profile).joined(separator: " ")) -iquote . -Iruntime/include

    TRANSLATED = \(CompilerFlags.translated(profile).joined(separator: " "))

    MODULE = \(objects(translated))
    RUNTIME = \(objects(runtime))
    OBJECTS = $(MODULE) $(RUNTIME)

    all: lib\(name).a\(isProgram ? " \(name)" : "")

    $(MODULE): REQUIRED += $(TRANSLATED)

    lib\(name).a: $(OBJECTS)
    \trm -f $@
    \t$(AR) rcs $@ $(OBJECTS)

    %.o: %.c
    \t$(CC) $(CFLAGS) $(REQUIRED) -MMD -MP -c -o $@ $<

    -include $(OBJECTS:.o=.d)\(isProgram ? " \(name)_main.d" : "")
    \(isProgram ? program : "")
    clean:
    \trm -f \(isProgram ? "\(name) \(name)_main.[od] " : "")lib\(name).a $(OBJECTS) $(OBJECTS:.o=.d)

    .PHONY: all clean

    """
  }

  private func objects(_ sources: [String]) -> String {
    sources.map { $0.dropLast(2) + ".o" }.joined(separator: " \\\n  ")
  }

  private var program: String {
    """

    \(name): \(name)_main.o lib\(name).a
    \t$(CC) $(LDFLAGS) -o $@ $^ \(CompilerFlags.linking.joined(separator: " "))

    """
  }
}

/// Flags for the C compiler.
enum CompilerFlags {
  /// What the translated C and the runtime rely on, whatever else is asked for.
  static func required(_ profile: TranslationOptions.Profile) -> [String] {
    let all = [
      "-std=gnu11", "-ffp-contract=off", "-fno-optimize-sibling-calls", "-fno-finite-loops",
      "-fno-math-errno", "-ffunction-sections", "-fdata-sections",
    ]
    switch profile {
    // Frames larger than the guard page must not step over it.
    case .host: return all + ["-fstack-clash-protection"]
    case .firmware: return all + ["-DAPUS_FREESTANDING", "-DAPUS_CONFIG_WASI_BOARD"]
    }
  }

  /// For the linker. Functions of the C library are looked up before the guest runs: at the end of
  /// a stack there is no room for that.
  static let linking = ["-Wl,--gc-sections", "-Wl,-z,now", "-lm", "-lpthread"]

  /// What translated files need besides: only in the usual sections are faults traps. The
  /// alignment keeps the speed of small loops from hanging on what comes before them.
  static func translated(_ profile: TranslationOptions.Profile) -> [String] {
    profile == .host ? ["-fno-function-sections", "-fno-lto", "-falign-functions=32"] : []
  }
}
