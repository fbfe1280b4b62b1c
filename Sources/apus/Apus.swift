import ArgumentParser
import Glibc

struct Apus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apus",
    abstract: "Translates WebAssembly ahead of time into C.",
    discussion: """
      For example:

        apus run app.wasm
        apus build app.wasm -o app && ./app
        apus translate app.wasm -o out && make -C out

      Exit status: 0 done, 1 bad module, 2 wrong usage, 3 a file could not be read or written, \
      4 the C compiler failed, 5 the module uses a proposal that is not supported. Under `run` \
      these are 120 higher; every other status is the guest's own, 134 after a trap.
      """,
    version: Version.text,
    subcommands: [
      Build.self, Run.self, Translate.self, Validate.self, Inspect.self, Targets.self,
      Generate.self,
      Compare.self,
      Reduce.self,
    ])

  /// The command that the arguments ask for. One that is named is parsed by itself, which takes a
  /// third of the time; what is wrong, and help, is for the parser that knows all of them.
  static func command(for arguments: [String]) throws -> any ParsableCommand {
    // The parser answers help for a command that there is not with help for all.
    if arguments.first == "help", let unknown = arguments.dropFirst().first,
      !unknown.hasPrefix("-"),
      !configuration.subcommands.contains(where: { $0._commandName == unknown })
    {
      throw ValidationError("there is no command '\(unknown)'")
    }
    let named = configuration.subcommands.first { $0._commandName == arguments.first }
    if let command = try? named?.parseAsRoot(Array(arguments.dropFirst())) { return command }
    return try parseAsRoot(arguments)
  }
}

@main
enum Main {
  static func main() async {
    SignalMask.remember()
    let arguments = Array(CommandLine.arguments.dropFirst())
    let base: Int32 = arguments.first == "run" ? 120 : 0
    do {
      var command = try Apus.command(for: arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      guard fflush(nil) == 0 else { throw Failure.system("cannot write standard output") }
    } catch let code as ExitCode {
      // What there is to say was said.
      fflush(nil)
      exit(code.rawValue)
    } catch let failure as Failure {
      fflush(nil)
      printError("apus: " + failure.message)
      exit(base + failure.code.rawValue)
    } catch {
      let text = Apus.fullMessage(for: error)
      // Help and version leave through an error, too.
      if Apus.exitCode(for: error) == .success {
        print(text)
        exit(0)
      }
      let prefix = "Error: "
      printError("apus: " + (text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text))
      exit(base + Failure.Code.usage.rawValue)
    }
  }
}
