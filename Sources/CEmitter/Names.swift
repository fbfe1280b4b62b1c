// C names for what the module defines.

import WasmModel

/// Keeps names apart: the second `a` becomes `a_2`.
struct UniqueNames {
  /// By name, how often it was asked for.
  private var counts: [[UInt8]: Int] = [:]

  mutating func take(_ name: [UInt8]) -> [UInt8] {
    guard var number = counts[name] else {
      counts[name] = 1
      return name
    }
    var numbered: [UInt8]
    repeat {
      number += 1
      numbered = name + Array("_\(number)".utf8)
    } while counts[numbered] != nil
    counts[name] = number
    counts[numbered] = 1
    return numbered
  }

  mutating func take(_ name: String) -> String {
    String(decoding: take(Array(name.utf8)), as: UTF8.self)
  }
}

/// Many short texts, one after the other in memory, so that printing one holds on to nothing.
struct TextList: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  init(_ texts: some Sequence<[UInt8]>) {
    for text in texts {
      bytes += text
      ends.append(bytes.count)
    }
  }

  private func range(_ index: Int) -> Range<Int> { (index > 0 ? ends[index - 1] : 0)..<ends[index] }

  subscript(index: Int) -> [UInt8] { Array(bytes[range(index)]) }

  @inline(__always)
  func put(_ index: Int, to text: inout Text) {
    let range = range(index)
    bytes.withUnsafeBytes { text.put(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}

/// The names of a module's functions and globals, apart from one another and, by what they
/// start with, from C's words, the runtime's names and the locals'.
package struct Names: Sendable {
  /// `w_` and the name that the module gives a function, or that it is exported or imported
  /// by; else `f12`.
  let functions: TextList
  /// `g_` and the name that the module gives a global, or that it is exported by; else `g4`.
  let globals: [String]

  package init(module: Module, bytes: UnsafeRawBufferPointer) {
    var functionNames = module.functions.indices.map {
      Array(Names.given($0, module.names.functions, bytes))
    }
    var globalNames = module.globals.indices.map {
      Array(Names.given($0, module.names.globals, bytes))
    }
    for export in module.exports {
      let index = Int(export.index)
      switch export.kind {
      case .function where functionNames[index].isEmpty:
        functionNames[index] = Array(export.name.utf8)
      case .global where globalNames[index].isEmpty:
        globalNames[index] = Array(export.name.utf8)
      default: break
      }
    }
    var function = 0
    for entry in module.imports {
      guard case .function = entry.kind else { continue }
      if functionNames[function].isEmpty { functionNames[function] = Array(entry.name.utf8) }
      function += 1
    }
    var taken = UniqueNames()
    functions = TextList(
      functionNames.enumerated().map { index, name in
        // f32 and f64 are types.
        let isType = index == 32 || index == 64
        return name.isEmpty
          ? Array("f\(index)\(isType ? "_" : "")".utf8) : taken.take(Names.derived(name))
      })
    taken = UniqueNames()
    globals = globalNames.enumerated().map { index, name in
      name.isEmpty
        ? "g\(index)" : String(decoding: taken.take(Names.word(name, "g_")), as: UTF8.self)
    }
  }

  /// Bytes of a name that are kept.
  static let longest = 200

  /// What a name section says, or its first bytes; empty where it says nothing.
  package static func given(
    _ index: Int, _ names: [ByteRange], _ bytes: UnsafeRawBufferPointer
  ) -> Slice<UnsafeRawBufferPointer> {
    let range = index < names.count ? names[index] : .empty
    return bytes[Int(range.start)..<Int(range.end)].prefix(longest)
  }

  /// The C name that a function's name gives, if no other function has it. The runtime's
  /// names.c knows the rule, too.
  static func derived(_ name: some Collection<UInt8>) -> [UInt8] { word(name, "w_") }

  /// `w_` and `Foo::bar` give `w_Foo__bar`: a `_` for each byte outside [A-Za-z0-9_].
  static func word(_ name: some Collection<UInt8>, _ prefix: String) -> [UInt8] {
    var word = Array(prefix.utf8)
    word.reserveCapacity(word.count + min(name.count, longest))
    for byte in name.prefix(longest) { word.append(isWord(byte) ? byte : 0x5f) }
    return word
  }

  static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a: true
    default: false
    }
  }

  /// Each byte outside [A-Za-z0-9_] as `_xx`: `a-b` gives `a_2db`.
  package static func escape(_ name: String) -> String {
    var result = ""
    for byte in name.utf8 {
      if isWord(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let hex = String(byte, radix: 16)
        result += "_" + (hex.count == 1 ? "0" : "") + hex
      }
    }
    return result
  }
}
