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

      An image for a board, and what it takes of flash and RAM, beside what the last one took:

        apus build app.wasm -o app.elf --target cortex-m4 --report --report-to sizes.json
      """)

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  @Option(name: .shortAndLong, help: "The executable to write.", completion: .file())
  var output: String

  @OptionGroup var arguments: BuildArguments

  @Flag(help: "Print what an image takes of flash and RAM.") var report = false

  @Option(
    help: ArgumentHelp(
      "A file for the same in JSON; --report tells what has changed since it was written.",
      valueName: "file"))
  var reportTo: String?

  func validate() throws {
    if report || reportTo != nil, arguments.target == nil {
      throw ValidationError("--report and --report-to are for --target")
    }
  }

  mutating func run() async throws {
    try arguments.translation.checkFiles()
    arguments.warn()
    let before = try reportTo.flatMap { try ImageReport.read($0) }
    let built = try await arguments.build(
      ModuleFile(file), for: arguments.readTarget(), to: output,
      reports: report || reportTo != nil)
    guard let image = built.report else { return }
    if report { print(image.text(before: before), terminator: "") }
    if let reportTo { try Files.write(image.encoded(), to: reportTo) }
  }
}
