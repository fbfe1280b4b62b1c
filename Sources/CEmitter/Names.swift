// C names for what the module defines.

import WasmModel

/// Escapes and keeps names apart.
package struct Names {
  /// `w_` and the module's own name for a function, else `f12`.
  package private(set) var functions: [[UInt8]]

  package init(module: Module, bytes: UnsafeRawBufferPointer) {
    functions = []
    functions.reserveCapacity(module.functions.count)
    var taken: Set<[UInt8]> = []
    for index in 0..<module.functions.count {
      // f32 and f64 are types.
      var name = Array((index == 32 || index == 64 ? "f\(index)_" : "f\(index)").utf8)
      if index >= module.importedFunctionCount {
        let given = Names.given(index, module, bytes)
        if !given.isEmpty {
          var own = Names.derived(given)
          while !taken.insert(own).inserted { own += Array("_\(index)".utf8) }
          name = own
        }
      }
      functions.append(name)
    }
  }

  /// Bytes of a name that are kept.
  static let longest = 200

  /// A function's name in the name section, or its first bytes; empty where it has none.
  static func given(
    _ function: Int, _ module: Module, _ bytes: UnsafeRawBufferPointer
  ) -> Slice<UnsafeRawBufferPointer> {
    let names = module.names.functions
    let range = function < names.count ? names[function] : .empty
    return bytes[Int(range.start)..<Int(range.end)].prefix(longest)
  }

  /// The C name that a name gives, if no other function has it: `w_` and `_` for each byte
  /// outside [A-Za-z0-9_]. The runtime's names.c knows the rule, too.
  static func derived(_ name: some Sequence<UInt8>) -> [UInt8] {
    Array("w_".utf8) + name.map { isWord($0) ? $0 : 0x5f }
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

extension ValueType {
  /// The C type in generated code.
  package var cType: StaticString {
    switch self {
    case .i32: "u32"
    case .i64: "u64"
    case .f32: "f32"
    case .f64: "f64"
    case .funcref: "apus_funcref"
    case .externref: "apus_externref"
    }
  }

  /// The C type in public headers.
  package var publicCType: StaticString {
    switch self {
    case .i32: "uint32_t"
    case .i64: "uint64_t"
    case .f32: "float"
    case .f64: "double"
    case .funcref: "apus_funcref"
    case .externref: "apus_externref"
    }
  }

  /// The letter in signatures.
  package var letter: String {
    switch self {
    case .i32: "i"
    case .i64: "I"
    case .f32: "f"
    case .f64: "F"
    case .funcref: "p"
    case .externref: "e"
    }
  }

  /// The member of apus_global's union.
  package var member: String {
    switch self {
    case .i32: "i32"
    case .i64: "i64"
    case .f32: "f32"
    case .f64: "f64"
    case .funcref: "funcref"
    case .externref: "externref"
    }
  }
}

extension FunctionType {
  /// `iI>f`, as in apus.h.
  package var signature: String {
    parameters.map(\.letter).joined() + ">" + results.map(\.letter).joined()
  }
}
