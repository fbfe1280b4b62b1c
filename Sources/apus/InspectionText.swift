// What `inspect` prints.

import Translator

extension Inspection {
  /// A header with the prototypes of the C functions that supply the imports; `file` is the
  /// module's.
  func prototypeHeader(of file: String) -> String {
    let guardName = "APUS_IMPORTS_OF_\(CName.word(file))_H"
    return """
      /* What the host supplies to \(CName.word(file)). */
      #ifndef \(guardName)
      #define \(guardName)

      #include "apus.h"

      #ifdef __cplusplus
      extern "C" {
      #endif

      \(imports.map { $0.prototype }.uniqued().joined(separator: "\n"))

      #ifdef __cplusplus
      }
      #endif
      #endif
      """
  }

  /// The whole description.
  var lines: [String] {
    var lines: [String] = []
    if let name { lines.append("name: \(name.printable)") }
    lines.append("functions: \(functionCount)" + (hasStart ? ", with a start" : ""))
    if memories.isEmpty { lines.append("memory: none") }
    for (index, memory) in memories.enumerated() {
      let name = title("memory", index, of: memories.count, memory.name)
      let limit = memory.maximum.map { ", at most \($0)" } ?? ""
      let unit = memory.pageSize == 1 ? "bytes" : "pages of 64 KiB"
      let wide = memory.isWide ? ", 64-bit addresses" : ""
      let shared = memory.isShared ? ", shared" : ""
      lines.append("\(name): \(memory.minimum) \(unit)\(limit)\(wide)\(shared)")
    }
    for (index, table) in tables.enumerated() {
      lines.append("\(title("table", index, of: tables.count, table.name)): \(table.type)")
    }
    lines.append("data: \(data.reduce(0) { $0 + $1.size }) bytes")
    for segment in data {
      if let name = segment.name { lines.append("  \(name.printable) \(segment.size) bytes") }
    }
    lines.append("proposals: \(features.isEmpty ? "none" : features.joined(separator: ", "))")
    lines.append("imports: \(imports.count)")
    for item in imports { lines.append("  \(item.kind.rawValue) \(item.fullName) \(item.type)") }
    // What is left to write in C: the rest is WASI's.
    let others = (hostImports + mistypedImports).map { $0.fullName }.uniqued()
    if others.count > 0 {
      lines.append("not supplied by WASI: " + others.joined(separator: ", "))
    }
    lines.append("exports: \(exports.count)")
    for item in exports {
      lines.append("  \(item.kind.rawValue) \(item.name.printable) \(item.type)")
    }
    return lines
  }

  /// `memory 1 heap`, with a number where there are several.
  private func title(_ kind: String, _ index: Int, of count: Int, _ name: String?) -> String {
    kind + (count > 1 ? " \(index)" : "") + (name.map { " \($0.printable)" } ?? "")
  }
}

/// What `inspect` prints before it refuses a module.
enum Refusal {
  /// Every proposal that is not supported, where that is the reason; else nothing.
  static func lines(_ error: TranslationError, _ bytes: UnsafeRawBufferPointer) -> [String] {
    guard error.stage == .unsupported else { return [] }
    let proposals = Translator.unsupportedProposals(bytes)
    if proposals.isEmpty { return [] }
    return ["proposals that are not supported: \(proposals.count)"]
      + proposals.map { "  \($0.name): \($0.remedy)" }
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

extension Sequence {
  /// The elements in order, of those alike in something the first.
  func uniqued<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
    var seen: Set<Key> = []
    return filter { seen.insert(key($0)).inserted }
  }
}
