import ArgumentParser

struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say whether a module is valid, and if not, why and where.")

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  mutating func run() throws {
    try ModuleFile(file).validate()
  }
}
