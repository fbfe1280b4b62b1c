// What is done to a module in every engine: which exports are called, and with what.

import ModuleGenerator
import Translator

/// Calls of a module's exports, and what is looked at after each; or a run of a WASI command.
public struct Plan: Sendable {
  public struct Call: Sendable {
    public var export: Inspection.Export
    /// `i32:00000001`: type and bits, as in the protocol.
    public var arguments: [String]
    public var results: String
  }

  public struct Import: Sendable {
    public var module: String
    public var name: String
    public var parameters: String
    public var results: String
    /// As the C function's prototype says it.
    public var prototype: String
    public var symbol: String
  }

  /// An import that another module provides.
  public struct Link: Sendable {
    public var imported: Inspection.Import
    /// The number of that module.
    public var provider: Int
    public var export: Inspection.Export
  }

  /// A module that others import from.
  public struct Linked: Sendable {
    public var name: String
    public var path: String
    public var imports: [Import]
    public var links: [Link]
  }

  public struct State: Sendable {
    public var export: Inspection.Export
    /// Letter of a global's type.
    public var type: String = ""
  }

  /// Modules that are instantiated before, in their order.
  public private(set) var linked: [Linked] = []
  /// Functions that the host provides.
  public private(set) var imports: [Import] = []
  public private(set) var links: [Link] = []
  public var calls: [Call] = []
  public var memories: [State] = []
  public var globals: [State] = []
  public var tables: [State] = []
  /// Exports that no engine can be asked to call from here, and why.
  public var leftOut: [String] = []

  /// Bytes that a memory grows to, as PROTOCOL.md says.
  public static let mostMemory: UInt64 = 64 << 20

  /// Letters of values that engines can be given, and those that they can answer.
  private static let letters: Set<Character> = ["i", "I", "f", "F", "r", "e"]
  private static let names: [String: Character] = [
    "i32": "i", "i64": "I", "f32": "f", "f64": "F", "v128": "V", "funcref": "r", "externref": "e",
    "exnref": "x",
  ]

  /// - Parameters:
  ///   - rounds: How often each export is called, state being carried on.
  ///   - seed: Of the arguments.
  ///   - linked: Modules that it imports from, and each from those before it.
  /// - Throws: `Unplannable` where something is imported that is no function, nor another module's.
  public init(
    _ inspection: Inspection, linked: [(name: String, path: String, Inspection)] = [], rounds: Int,
    seed: UInt64
  ) throws(Unplannable) {
    for (number, (name, path, inspection)) in linked.enumerated() {
      let (imports, links) = try Plan.imports(of: inspection, from: linked.prefix(number))
      self.linked.append(Linked(name: name, path: path, imports: imports, links: links))
    }
    (imports, links) = try Plan.imports(of: inspection, from: linked[...])
    try refuseTwins()
    var functions: [(Inspection.Export, String, String)] = []
    for export in inspection.exports {
      switch export.kind {
      case .function:
        guard let halves = Plan.signature(export.type),
          (halves.parameters + halves.results).allSatisfy(Plan.letters.contains)
        else {
          leftOut.append("\(export.name) \(export.type)")
          continue
        }
        functions.append((export, halves.parameters, halves.results))
      case .memory: memories.append(State(export: export))
      case .table: tables.append(State(export: export))
      case .global:
        let type = export.type.split(separator: " ").last.map(String.init) ?? ""
        if let letter = Plan.names[type], Plan.letters.contains(letter) {
          globals.append(State(export: export, type: String(letter)))
        }
      case .tag: break
      }
    }
    // A reactor is made ready first.
    if let place = functions.firstIndex(where: { $0.0.name == "_initialize" && $0.1.isEmpty }) {
      let (export, _, results) = functions.remove(at: place)
      calls.append(Call(export: export, arguments: [], results: results))
    }
    for round in 0..<rounds {
      for (export, parameters, results) in functions {
        // By the name, so that arguments stay where other exports go.
        var numbers = Numbers(seed: seed &+ UInt64(round) &+ Plan.hash(export.name))
        calls.append(
          Call(
            export: export, arguments: parameters.map { Plan.value($0, &numbers) }, results: results
          ))
      }
    }
  }

  private static func imports(
    of inspection: Inspection, from linked: ArraySlice<(name: String, path: String, Inspection)>
  ) throws(Unplannable) -> ([Import], [Link]) {
    var imports: [Import] = []
    var links: [Link] = []
    for item in inspection.imports {
      if let provider = linked.lastIndex(where: { $0.name == item.module }) {
        guard
          let export = linked[provider].2.exports.first(where: {
            $0.name == item.name && $0.kind == item.kind
          })
        else { throw Unplannable(reason: "\(item.module) has no \(item.kind) \(item.name)") }
        links.append(Link(imported: item, provider: provider, export: export))
        continue
      }
      guard item.kind == .function, let halves = Plan.signature(item.type),
        halves.parameters.allSatisfy(Plan.letters.contains),
        halves.results.allSatisfy(Plan.letters.contains)
      else { throw Unplannable(reason: "it imports \(item.module).\(item.name) \(item.type)") }
      imports.append(
        Import(
          module: item.module, name: item.name, parameters: halves.parameters,
          results: halves.results,
          prototype: item.prototype, symbol: item.symbol))
    }
    return (imports, links)
  }

  /// One C function cannot be two imports.
  private func refuseTwins() throws(Unplannable) {
    var known: [String: String] = [:]
    let hosts = (linked.flatMap(\.imports) + imports).map {
      ($0.symbol, "\($0.module).\($0.name) \($0.prototype)")
    }
    let others = (linked.flatMap(\.links) + links).map {
      ($0.imported.symbol, "\($0.imported.module).\($0.imported.name) \($0.imported.prototype)")
    }
    for (symbol, text) in hosts + others {
      if let other = known.updateValue(text, forKey: symbol), other != text {
        throw Unplannable(reason: "two imports have one name in C: \(symbol)")
      }
    }
  }

  /// Letters of parameters and results of `(i32, i64) -> f32`.
  private static func signature(_ type: String) -> (parameters: String, results: String)? {
    guard let arrow = type.firstRange(of: " -> ") else { return nil }
    func letters(_ list: Substring) -> String? {
      var text = ""
      for name in list.split(whereSeparator: { "(), ".contains($0) }) {
        guard let letter = names[String(name)] else { return nil }
        text.append(letter)
      }
      return text
    }
    guard let parameters = letters(type[..<arrow.lowerBound]),
      let results = letters(type[arrow.upperBound...])
    else { return nil }
    return (parameters, results)
  }

  /// FNV-1a.
  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  private static func value(_ letter: Character, _ numbers: inout Numbers) -> String {
    switch letter {
    case "i": "i32:" + hexadecimal(numbers.edge() & 0xffff_ffff, 8)
    case "I": "i64:" + hexadecimal(numbers.edge(), 16)
    case "f": "f32:" + hexadecimal(quiet(numbers.float(bits: 32), 32), 8)
    case "F": "f64:" + hexadecimal(quiet(numbers.float(bits: 64), 64), 16)
    case "r": "funcref:null"
    default: "externref:null"
    }
  }

  /// A NaN as adapters can pass it on: most languages' floats have one.
  private static func quiet(_ bits: UInt64, _ width: Int) -> UInt64 {
    let (all, canonical): (UInt64, UInt64) =
      width == 32 ? (0x7f80_0000, 0x7fc0_0000) : (0x7ff0_0000_0000_0000, 0x7ff8_0000_0000_0000)
    let sign = UInt64(1) << UInt64(width - 1)
    return bits & ~sign > all ? canonical : bits
  }

  static func hexadecimal(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }
}

/// A module that cannot be called from outside alone.
public struct Unplannable: Error {
  public var reason: String
}

extension Plan {
  /// The request of PROTOCOL.md, in one line.
  ///
  /// - Parameters:
  ///   - plain: The path of the module's plain form, where it has one.
  ///   - countsFuel: The answer is to say how much is used.
  public func request(module: String, plain: String? = nil, countsFuel: Bool = false) -> String {
    func list<Element>(_ elements: [Element], _ text: (Element) -> String) -> String {
      "[" + elements.map(text).joined(separator: ", ") + "]"
    }
    func hosts(_ imports: [Import]) -> String {
      list(imports) {
        "{\"module\": \(JSON.string($0.module)), \"name\": \(JSON.string($0.name)), "
          + "\"parameters\": \"\($0.parameters)\", \"results\": \"\($0.results)\"}"
      }
    }
    let before = list(linked) {
      "{\"name\": \(JSON.string($0.name)), \"module\": \(JSON.string($0.path)), "
        + "\"imports\": \(hosts($0.imports))}"
    }
    let calls = list(calls) {
      "{\"export\": \(JSON.string($0.export.name)), \"arguments\": \(list($0.arguments, JSON.string)), "
        + "\"results\": \"\($0.results)\"}"
    }
    let globals = list(globals) {
      "{\"name\": \(JSON.string($0.export.name)), \"type\": \"\($0.type)\"}"
    }
    let plain = plain.map { "\"plain\": \(JSON.string($0)), " } ?? ""
    return
      "{\"module\": \(JSON.string(module)), \(plain)\(linked.isEmpty ? "" : "\"with\": \(before), ")"
      + "\"imports\": \(hosts(imports)), \"calls\": \(calls), "
      + "\"memories\": \(list(memories) { JSON.string($0.export.name) }), \"globals\": \(globals), "
      + "\"tables\": \(list(tables) { JSON.string($0.export.name) })"
      + (countsFuel ? ", \"fuel\": true}" : "}")
  }

  /// The same for a WASI command.
  public static func request(program module: String, arguments: [String], stdin: String) -> String {
    let list = arguments.map(JSON.string).joined(separator: ", ")
    return "{\"module\": \(JSON.string(module)), \"wasi\": {\"arguments\": [\(list)], "
      + "\"stdin\": \(JSON.string(stdin))}}"
  }
}

public enum JSON {
  /// A string with its quotes.
  public static func string(_ text: String) -> String { "\"" + escaped(text) + "\"" }

  /// A string without its quotes, which may not be taken off: a mark that combines is one character with a quote before it.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20: result += "\\u" + Plan.hexadecimal(UInt64(scalar.value), 4)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
