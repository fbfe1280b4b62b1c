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

      For another build system (each writes how to use it into the files that it makes):

        apus translate app.wasm -o out --project cmake && cmake -S out -B build

      For a microcontroller:

        apus translate app.wasm -o out --profile firmware --no-makefile

      As an image of a board, app.elf, of which `apus targets` lists some:

        apus translate app.wasm -o out --target cortex-m4 && make -C out

      For a look at what the translator does with function 7:

        apus translate app.wasm --dump ir --function 7
      """)

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  @Option(name: .shortAndLong, help: "The folder to write into.", completion: .directory)
  var output: String?

  @Option(help: "What the C will run on. (default: host, with --target firmware)")
  var profile: TranslationOptions.Profile?

  @Option(
    help: ArgumentHelp(
      "The board of an image: one of `apus targets`, or a file that describes it.",
      valueName: "board"))
  var target: String?

  @Option(help: "Bytes of C in a file before it is split; 0 never splits.")
  var split: Int?

  @Flag(inversion: .prefixedNo, help: "Write the runtime and a Makefile, too.")
  var makefile = true

  @Option(
    help: ArgumentHelp(
      "What the folder is for: make, cmake, esp-idf (a component), zephyr (a module), platformio, arduino (libraries) or cargo (a package). (default: make)",
      valueName: "build system"))
  var project: Project?

  @OptionGroup var folders: FolderArguments

  @Option(help: "Keep this export, and leave out all that none is given for. Repeatable.")
  var export: [String] = []

  @Flag(help: "Count what is executed, and trap where the embedder's fuel is spent.")
  var fuel = false

  @OptionGroup var dump: DumpArguments
  @OptionGroup var arguments: TranslationArguments

  private var options: TranslationOptions {
    let isImage = target != nil
    var options = arguments.options(
      profile: profile ?? (isImage ? .firmware : project?.profile ?? .host),
      instances: isImage ? .one : project?.instances ?? .many)
    if isImage || project?.isFirmware ?? false { options.functionNames = false }
    if let split { options.splitSize = split }
    options.exports = export
    options.skippedPasses = Set(dump.skippedPasses)
    if fuel { options.fuel = arguments.fuel }
    return options
  }

  mutating func validate() throws {
    try arguments.check(options)
    if target != nil {
      guard profile != .host else { throw ValidationError("--target is for --profile firmware") }
      guard makefile else { throw ValidationError("--target writes a Makefile") }
    }
    try folders.check(isImage: target != nil)
    if let project {
      if let mistake = project.mistake(profile: profile, hasMakefile: makefile) {
        throw ValidationError(mistake)
      }
      guard target == nil || project.makesImages else {
        throw ValidationError("--target is for --project make and cmake")
      }
    }
    if arguments.fuelCosts != nil && !fuel { throw ValidationError("--fuel-costs is for --fuel") }
    if output == nil && dump.what == nil {
      throw ValidationError("--output says which folder to write into")
    }
  }

  mutating func run() throws {
    try arguments.checkFiles()
    let options = options
    if let warning = options.warning { printError(warning) }
    let module = try ModuleFile(file, exports: options.exports)
    if options.dependOnModule,
      let shortage = options.shortage(try module.inspect(checksBodies: false))
    {
      throw Failure(.usage, shortage)
    }
    if dump.what != nil {
      let text = try module.dumpIR(options, after: dump.pass, function: dump.function)
      if let function = dump.function, text.isEmpty {
        throw Failure(.usage, "\(file) defines no function \(function)")
      }
      print(text, terminator: "")
    }
    guard let output else { return }
    try TranslatedFolder(
      path: output, options: options, dirs: folders.dir,
      project: makefile ? project ?? .make : nil,
      board: try target.map { try TranslatedFolder.Board(Target($0), folders.forImage) }
    ).write(module)
  }
}

extension TranslatedFolder.Board {
  init(_ target: Target, _ folders: ImageFiles) throws {
    var (sources, files) = ([String](), [(name: String, contents: [UInt8])]())
    for file in target.board {
      switch file {
      case .own(let name): sources.append("runtime/port/image/" + name)
      case .path(let path):
        let name = "board_" + Files.baseName(path)
        sources.append(name)
        files.append((name, try Files.bytes(of: path)))
      }
    }
    self.init(
      image: TranslatedSources.Image(
        compiler: target.compiler, flags: target.compiling(), board: sources,
        linking: target.linking(script: "runtime/port/image/image.ld", stack: target.stack)),
      files: files, folders: folders.folders.isEmpty ? nil : try folders.text())
  }
}

extension Project: ExpressibleByArgument {}
