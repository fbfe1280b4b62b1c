import RuntimeSources
import Translator

/// The functions that the WASI library supplies, as its own wasi_calls.h lists them.
enum WASICalls {
  static let modules: Set<String> = ["wasi_snapshot_preview1", "wasi_unstable"]

  /// The function of wasi-threads, in apus_threads.h.
  fileprivate static let threadSpawn = "wasi.thread-spawn"

  /// C types by module and name: `uint32_t(struct apus_host *,uint32_t)`.
  private static let signatures: [String: String] = {
    var found = [
      threadSpawn: "uint32_t" + types("(struct apus_host *host, uint32_t argument)")
    ]
    for line in header.split(separator: "\n") {
      let words = line.drop { $0 == " " }
      if words.hasPrefix("FUNCTION(") || words.hasPrefix("LAYOUT_FUNCTION(") {
        // FUNCTION(fd_close, (struct apus_host *host, uint32_t a), (host, a))
        let row = words[words.index(after: words.firstIndex(of: "(")!)...]
        let name = row.prefix { $0 != "," }
        let rest = row.dropFirst(name.count + 1)
        for module in modules {
          found["\(module).\(name)"] = "uint32_t" + types(rest)
        }
      } else if words.hasSuffix(";"), let start = words.firstIndex(of: "("),
        words[..<start].hasSuffix("_SYMBOL")
      {
        // void WASI_UNSTABLE_SYMBOL(proc_exit)(struct apus_host *host, uint32_t status);
        let rest = words[words.index(after: start)...]
        let name = rest.prefix { $0 != ")" }
        let isOlder = words[..<start].hasSuffix("WASI_UNSTABLE_SYMBOL")
        let module = isOlder ? "wasi_unstable" : "wasi_snapshot_preview1"
        found["\(module).\(name)"] =
          words.prefix { $0 != " " } + types(rest.dropFirst(name.count))
      }
    }
    return found
  }()

  private static var header: String {
    var index = 0
    while let source = runtime_source_at(index)?.pointee {
      if String(cString: source.path) == "wasi/wasi_calls.h" {
        return String(
          decoding: UnsafeRawBufferPointer(start: source.bytes, count: source.count), as: UTF8.self)
      }
      index += 1
    }
    return ""
  }

  /// The first list of parameters in a text, without their names.
  private static func types(_ text: Substring) -> String {
    let list = text.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
    let types = list.split(separator: ",").map { parameter in
      let words = parameter.drop { $0 == " " }
      let end = words.lastIndex { $0 == " " || $0 == "*" } ?? words.startIndex
      return String(words[...end])
    }
    return "(" + types.joined(separator: ",") + ")"
  }

  enum Verdict {
    case supplied
    /// Of that name, but with other parameters.
    case differs
    case missing
  }

  static func verdict(on item: Inspection.Import) -> Verdict {
    // What has a number behind its symbol, because it is imported twice, is not WASI's.
    guard !item.isNumbered, let known = signatures["\(item.module).\(item.name)"] else {
      return .missing
    }
    let signature = item.prototype.prefix { $0 != " " } + types(item.prototype[...])
    return signature == known ? .supplied : .differs
  }
}

extension Inspection {
  var usesWASI: Bool { imports.contains { WASICalls.modules.contains($0.module) } }

  /// Imports that neither the WASI library supplies nor the program, which makes shared memories.
  var hostImports: [Import] {
    imports.filter { WASICalls.verdict(on: $0) == .missing && !$0.isSharedMemory }
  }

  /// The shared memories that are imported, each once.
  var sharedMemories: [Import] {
    var seen: Set<String> = []
    return imports.filter { $0.isSharedMemory && seen.insert($0.symbol).inserted }
  }

  /// Whether the module imports what starts threads.
  var asksForThreads: Bool {
    imports.contains { "\($0.module).\($0.name)" == WASICalls.threadSpawn }
  }

  /// Imports of WASI's functions with other parameters or results than those have.
  var mistypedImports: [Import] { imports.filter { WASICalls.verdict(on: $0) == .differs } }

  /// Whether there is a `_start` to call, without parameters and results.
  var isProgram: Bool {
    exports.contains { $0.name == "_start" && $0.signature == ">" }
  }
}
