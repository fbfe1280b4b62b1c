import ArgumentParser

struct Inspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "List imports, exports, memory and proposals of a module.",
    discussion: """
      What it is, and what it needs that WASI does not supply:

        apus inspect app.wasm

      The C functions to write for its imports, to begin a file for --link with:

        apus inspect --prototypes app.wasm > host.h

      Where an offset is that a trap, a trace or an error names, with file and line where the module was built with -g:

        apus inspect --at 0x3aea app.wasm

      What a board has to supply, and what the module will take of its flash, RAM and stack:

        apus inspect --target cortex-m4 app.wasm
      """)

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  @Flag(help: "Print only the prototypes of the C functions that supply the imports.")
  var prototypes = false

  @Option(
    help: ArgumentHelp(
      "Say only which function, file and line an instruction is of. Repeatable.",
      valueName: "offset"),
    transform: Inspect.offset)
  var at: [UInt32] = []

  @Option(
    help: ArgumentHelp(
      "Say what an image takes of this board, as of `apus targets`; it is compiled for that, and not kept.",
      valueName: "board"))
  var target: String?

  @Flag(help: "With --target: in JSON.") var json = false

  /// `0x3aea`, or in decimal.
  private static func offset(_ text: String) throws -> UInt32 {
    let isHexadecimal = text.hasPrefix("0x")
    guard
      let offset = UInt32(
        isHexadecimal ? String(text.dropFirst(2)) : text, radix: isHexadecimal ? 16 : 10)
    else { throw ValidationError("--at takes an offset in bytes, 0x3aea, not '\(text)'") }
    return offset
  }

  func validate() throws {
    let choices = [prototypes, !at.isEmpty, target != nil]
    if choices.count(where: { $0 }) > 1 {
      throw ValidationError("--prototypes, --at and --target go one by one")
    }
    if json && target == nil { throw ValidationError("--json is for --target") }
  }

  mutating func run() async throws {
    let module = try ModuleFile(file)
    if !at.isEmpty {
      for offset in at {
        guard let place = try module.place(at: offset) else {
          throw Failure(
            .usage, "0x\(String(offset, radix: 16)) is in no function of \(file)".printable)
        }
        print(place.description.printable)
      }
      return
    }
    if let target { return try await printBudget(module, target) }
    let inspection = try module.inspect { error in
      if prototypes { return }
      for line in Refusal.lines(error, module.contents.bytes) { print(line) }
    }
    let lines =
      prototypes
      ? [inspection.prototypeHeader(of: Files.baseName(file))] : inspection.lines
    for line in lines { print(line) }
  }

  /// The imports that nobody supplies, and what there is but for them.
  private func printBudget(_ module: ModuleFile, _ target: String) async throws {
    let build = try BuildArguments.parse(["--target", target])
    let folder = try Files.makeTemporaryFolder(in: Files.temporaryFolder)
    defer { Files.remove(folder) }
    let built = try await build.build(
      module, for: build.readTarget(), to: folder + "/image", reports: true, isEstimate: true)
    guard let report = built.report else { return }
    if json {
      return print(String(decoding: try report.encoded(), as: UTF8.self), terminator: "")
    }
    let inspection = try module.inspect(checksBodies: false)
    let imports = inspection.hostImports + inspection.mistypedImports
    if !imports.isEmpty {
      print("the board supplies")
      for prototype in imports.map(\.prototype).uniqued() { print("  \(prototype)") }
    }
    print(report.text(before: nil), terminator: "")
  }
}
