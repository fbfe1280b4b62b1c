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
      """)

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  @Flag(help: "Print only the prototypes of the C functions that supply the imports.")
  var prototypes = false

  mutating func run() throws {
    let module = try ModuleFile(file)
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
