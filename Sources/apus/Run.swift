import ArgumentParser
import Glibc

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Build a module, keep the executable for the next time, and run it.",
    discussion: """
      Options stand before the module; all that follows it goes to the guest:

        apus run --dir . app.wasm --verbose input.txt

      Call an export and print its results:

        apus run --invoke add math.wasm 2 3

      Executables are kept in $APUS_CACHE, else in apus in the user's cache folder; the module, \
      the options, the compiler and linked files tell one from the other. The exit status is the \
      guest's; apus's own failures are 120 higher than elsewhere.
      """)

  @OptionGroup var arguments: BuildArguments

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  @Argument(parsing: .captureForPassthrough, help: "Arguments for the guest.")
  var guestArguments: [String] = []

  mutating func run() async throws {
    try arguments.translation.checkFiles()
    arguments.warn()
    // Not part of what is kept: other limits need no other program.
    if let fuel = arguments.fuel { setenv("APUS_FUEL", "\(fuel)", 1) }
    if let timeout = arguments.timeout { setenv("APUS_TIMEOUT", "\(timeout)", 1) }
    let target = try arguments.readTarget()
    if let target, target.emulator.isEmpty {
      throw Failure(
        .usage, "\(target.name) has no emulator: build the image and put it on the board")
    }
    let module = try ModuleFile(file)
    let argv = [Files.baseName(file)] + guestArguments
    if arguments.cache, let folder = Cache.folder, Cache.isUsable(folder) {
      let cache = Cache(
        folder: folder, key: try key(module, target), files: ["program"], access: X_OK,
        maximumEntries: Self.maximumEntries)
      let program = cache.entry + "/program"
      if !cache.isThere() {
        if let target { try await check(target) }
        try await cache.store { [arguments] aside in
          try await arguments.build(module, for: target, to: aside + "/program", at: program)
            .includes
        }
      }
      try execute(program, argv, target)
    }
    if let target { try await check(target) }
    let folder = try Files.makeTemporaryFolder(in: Files.temporaryFolder)
    let program = folder + "/program"
    do {
      try await arguments.build(module, for: target, to: program)
    } catch {
      Files.remove(folder)
      throw error
    }
    // The open file survives the removal of its name; an emulator opens it by that of the descriptor.
    let file = open(program, target == nil ? O_RDONLY | O_CLOEXEC : O_RDONLY)
    Files.remove(folder)
    try execute("/proc/self/fd/\(file)", argv, target)
  }

  /// Found now, not after the image was built.
  private func check(_ target: Target) async throws {
    if let missing = await target.findMissing().first { throw Failure(.compiler, missing) }
  }

  private static let maximumEntries = 128

  /// All that the executable depends on, but for what linked sources include.
  private func key(_ module: ModuleFile, _ target: Target?) throws -> [UInt8] {
    let tools = Cache.tools(compiler: arguments.cc ?? target?.compiler ?? arguments.compilerCommand)
    var key = Array((try arguments.description(target) + tools).utf8)
    let board = target?.board.compactMap { file -> String? in
      if case .path(let path) = file { path } else { nil }
    }
    for file in arguments.link + (board ?? []) {
      let contents = try Files.Contents(of: file)
      withExtendedLifetime(contents) { key += contents.bytes }
    }
    key += module.contents.bytes
    return key
  }

  /// Becomes the program, or the emulator of its board.
  private func execute(_ program: String, _ arguments: [String], _ target: Target?) throws -> Never
  {
    let command =
      try target?.command(running: program, Array(arguments.dropFirst())) ?? arguments
    fflush(nil)
    var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    argv.append(nil)
    SignalMask.restore()
    let file = target == nil ? program : command[0]
    execvp(file, argv)
    if let target, errno == ENOENT {
      throw Failure(.compiler, Target.lack(of: file, target.packages.emulator))
    }
    throw Failure.system("cannot run \(file)")
  }
}
