import ArgumentParser
import CToolchain
import RuntimeSources
import Translator

@main
struct Apus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apus", abstract: "Translates WebAssembly ahead of time into C.",
    version: "apus 0.1.0")
}
