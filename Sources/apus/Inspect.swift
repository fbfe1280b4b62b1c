import ArgumentParser
import Translator

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

  /// A header with prototypes.
  private static func header(_ prototypes: [String], for file: String) -> String {
    let word = file.utf8.map { CName.isPlain($0) ? String(Unicode.Scalar($0)) : "_" }.joined()
    let guardName = "APUS_IMPORTS_OF_\(word)_H"
    return """
      /* What the host supplies to \(file.printable.replacing("*", with: "?")). */
      #ifndef \(guardName)
      #define \(guardName)

      #include "apus.h"

      #ifdef __cplusplus
      extern "C" {
      #endif

      \(prototypes.joined(separator: "\n"))

      #ifdef __cplusplus
      }
      #endif
      #endif
      """
  }

  @Flag(help: "Print only the prototypes of the C functions that supply the imports.")
  var prototypes = false

  mutating func run() throws {
    let inspection = try ModuleFile(file).inspect()
    if prototypes {
      let lines = inspection.imports.map(\.prototype).uniqued()
      print(Self.header(lines, for: Files.baseName(file)))
      return
    }
    if let name = inspection.name { print("name: \(name.printable)") }
    print("functions: \(inspection.functionCount)" + (inspection.hasStart ? ", with a start" : ""))
    if let memory = inspection.memory {
      let limit = memory.maximum.map { ", at most \($0)" } ?? ""
      print("memory: \(memory.minimum) pages of 64 KiB\(limit)")
    } else {
      print("memory: none")
    }
    print("data: \(inspection.dataSize) bytes")
    let features = inspection.features.joined(separator: ", ")
    print("proposals: \(features.isEmpty ? "none" : features)")
    print("imports: \(inspection.imports.count)")
    for item in inspection.imports {
      print("  \(item.kind.rawValue) \(item.fullName) \(item.type)")
    }
    // What is left to write in C: the rest is WASI's.
    let others = (inspection.hostImports + inspection.mistypedImports).map(\.fullName).uniqued()
    if others.count > 0 { print("not supplied by WASI: " + others.joined(separator: ", ")) }
    print("exports: \(inspection.exports.count)")
    for item in inspection.exports {
      print("  \(item.kind.rawValue) \(item.name.printable) \(item.type)")
    }
  }
}

extension Inspection.Import {
  /// `env.print`, for a terminal.
  var fullName: String { "\(module).\(name)".printable }
}

extension Sequence where Element: Hashable {
  /// The elements in order, each once.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
