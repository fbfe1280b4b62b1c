import ArgumentParser
import CToolchain
import FoundationEssentials

struct Targets: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the boards that images can be built for, and what is missing to.",
    discussion: """
      `apus build --target cortex-m4 app.wasm -o app.elf` makes an image, `apus run --target cortex-m4 app.wasm` runs \
      it in an emulator.

      A board of one's own is a file in JSON5, and may be like another one:

        {
          like: "cortex-m4",
          ram: {start: 0x20000000, size: 0x10000},
          board: ["start_cortex_m.c", "uart.c"],
        }

      Its `uart.c` beside it has the functions of a board, from the runtime's port/image/apus_image.h. \
      `--show` prints a target's file.
      """)

  @Option(help: ArgumentHelp("Print the file of a target.", valueName: "name")) var show: String?
  @Flag(help: "Print all that targets say, in JSON.") var json = false

  func run() async throws {
    if let show {
      guard let bytes = Runtime.bytes("targets/\(show).json5") else {
        throw Failure(.usage, "there is no target '\(show)'")
      }
      return print(String(decoding: bytes, as: UTF8.self), terminator: "")
    }
    var targets = try Target.names.map(Target.init)
    for index in targets.indices { targets[index].missing = await targets[index].findMissing() }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return print(String(decoding: try encoder.encode(targets), as: UTF8.self))
    }
    let width = targets.map(\.name.count).max() ?? 0
    let widest = targets.map(\.about.count).max() ?? 0
    for target in targets {
      print(
        target.name.padded(to: width), target.about.padded(to: widest),
        target.missing.isEmpty
          ? "\(target.compiler), \(target.emulator.first ?? "no emulator")"
          : target.missing.joined(separator: "; "),
        separator: "  ")
    }
  }
}

extension Target {
  /// What is not there to build images and run them, and what brings it.
  func findMissing() async -> [String] {
    var missing: [String] = []
    if await ChildProcess([compiler, "--version"]).run().status != 0 {
      missing.append(Self.lack(of: compiler, packages.compiler))
    } else if await ChildProcess([compiler] + flags + ["-E", "-x", "c", "/dev/null"]).run().status
      != 0
    {
      missing.append(Self.lack(of: "C library for \(compiler)", packages.library))
    }
    if let emulator = emulator.first, await ChildProcess([emulator, "--version"]).run().status != 0
    {
      missing.append(Self.lack(of: emulator, packages.emulator))
    }
    return missing
  }

  /// `no qemu-system-arm (install qemu-system-arm)`
  static func lack(of thing: String, _ package: String?) -> String {
    "no \(thing)" + (package.map { " (install \($0))" } ?? "")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
