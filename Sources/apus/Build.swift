import ArgumentParser

struct Build: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Translate, compile and link a module into an executable.",
    discussion: """
      A WASI program, with a folder of the host's as /data:

        apus build app.wasm -o app --dir files::/data && ./app

      A module whose other imports are in C (`apus inspect --prototypes` prints what to write):

        apus build app.wasm -o app --link host.c --link libother.a

      One export as a program, `./add 2 3`, with explicit checks of each access:

        apus build math.wasm -o add --invoke add --memory bounds
      """)

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  @Option(name: .shortAndLong, help: "The executable to write.", completion: .file())
  var output: String

  @OptionGroup var arguments: BuildArguments

  mutating func run() async throws {
    arguments.warn()
    try await arguments.build(ModuleFile(file), to: output)
  }
}
