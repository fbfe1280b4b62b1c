import ArgumentParser

struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Say whether a module is valid, and if not, why and where.",
    discussion: """
      Silent and 0 for a valid module:

        apus validate app.wasm && echo valid

      Else 1, or 5 where it uses a proposal that is not supported, and one line:

        apus: invalid module: type mismatch, at offset 0x1f3, in function 12
      """)

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  mutating func run() throws {
    try ModuleFile(file).validate()
  }
}
