import ArgumentParser

struct Build: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Translate, compile and link a module into an executable.")

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  @Option(name: .shortAndLong, help: "The executable to write.", completion: .file())
  var output: String

  @OptionGroup var arguments: BuildArguments

  mutating func run() async throws {
    try await arguments.build(ModuleFile(file), to: output)
  }
}
