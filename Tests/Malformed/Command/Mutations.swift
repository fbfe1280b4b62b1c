import Attempts
import ModuleGenerator

/// The content of the code section; empty where there is none.
func codeSection(of module: [UInt8]) -> Range<Int> {
  var at = 8
  while at < module.count {
    let id = module[at]
    at += 1
    var size = 0
    var shift = 0
    repeat {
      size |= Int(module[at] & 0x7f) << shift
      shift += 7
      at += 1
    } while module[at - 1] >= 0x80
    if id == 10 { return at..<at + size }
    at += size
  }
  return 0..<0
}

/// What is done to a module.
enum Mutation {
  /// Only this many bytes of it.
  case truncation(Int)
  /// This byte at this offset.
  case flip(Int, UInt8)

  var text: String {
    switch self {
    case .truncation(let length): "the first \(length) bytes"
    case .flip(let offset, let byte): "byte \(offset) set to \(byte)"
    }
  }

  /// Every truncation, or `count` of them spread over the module.
  static func truncations(of module: [UInt8], count: Int?) -> [Mutation] {
    guard let count, count < module.count else { return module.indices.map { .truncation($0) } }
    return (0..<count).map { .truncation($0 * module.count / count) }
  }

  /// Every second one inside the code section, the others anywhere.
  static func flips(of module: [UInt8], count: Int, _ numbers: inout Numbers) -> [Mutation] {
    let code = codeSection(of: module)
    return (0..<count).map { k in
      let range = k % 2 == 0 && !code.isEmpty ? code : module.indices
      let offset = Int.random(in: range, using: &numbers)
      return .flip(offset, module[offset] ^ UInt8.random(in: 1...255, using: &numbers))
    }
  }
}
