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
    if prototypes && !at.isEmpty { throw ValidationError("--at goes without --prototypes") }
  }

  mutating func run() throws {
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
    let inspection = try module.inspect { error in
      if prototypes { return }
      for line in Refusal.lines(error, module.contents.bytes) { print(line) }
    }
    let lines =
      prototypes
      ? [inspection.prototypeHeader(of: Files.baseName(file))] : inspection.lines
    for line in lines { print(line) }
  }
}
