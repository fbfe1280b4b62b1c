// Atomic accesses: the rows behind prefix fe.
//
// What is plain on all widths is made here from the widths and the operators. The C of an access has
// its name: `i32.atomic.rmw8.add_u` is `i32_atomic_rmw8_add_u(address, value)` of apus_atomics.h.

extension Instruction {
  /// An access of an integer, or of its low bytes. Its first operand is an address of 32 or 64 bits.
  private static func atomic(
    _ number: UInt16, _ name: String, _ operands: [ValueType], _ results: [ValueType], width: UInt8
  ) -> Instruction {
    Instruction(
      opcode: Opcode(Prefix.fe.first + number), name: name, kind: .atomic,
      operands: [.i32] + operands, results: results, feature: .threads, width: width)
  }

  /// What waits, or ends a wait: the runtime does, with all checks.
  private static func waiting(
    _ number: UInt16, _ name: String, _ operands: [ValueType], width: UInt8,
    _ template: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(Prefix.fe.first + number), name: name, kind: .wait,
      operands: [.i32] + operands, results: [.i32], feature: .threads, width: width,
      template: template)
  }

  /// The widths in the order of the opcodes: type, bytes, and what stands behind `load`, `rmw` …
  private static let atomicWidths: [(type: ValueType, bytes: UInt8, digits: String)] = [
    (.i32, 4, ""), (.i64, 8, ""), (.i32, 1, "8"), (.i32, 2, "16"), (.i64, 1, "8"), (.i64, 2, "16"),
    (.i64, 4, "32"),
  ]

  static let atomics: [Instruction] = {
    var rows: [Instruction] = [
      // The offset comes last, so that address and offset are added behind a check.
      .waiting(
        0x00, "memory.atomic.notify", [.i32], width: 4, "memory_atomic_notify(^, %0, %2, %1, @)"),
      .waiting(
        0x01, "memory.atomic.wait32", [.i32, .i64], width: 4,
        "memory_atomic_wait32(^, %0, %3, %1, %2, @)"),
      .waiting(
        0x02, "memory.atomic.wait64", [.i64, .i64], width: 8,
        "memory_atomic_wait64(^, %0, %3, %1, %2, @)"),
      .special(Prefix.fe.first + 0x03, "atomic.fence", .fence, .threads),
    ]
    for (k, width) in atomicWidths.enumerated() {
      let (type, bytes, digits) = width
      let sign = digits.isEmpty ? "" : "_u"
      let number = UInt16(k)
      rows.append(
        .atomic(
          0x10 + number, "\(type.name).atomic.load\(digits)\(sign)", [], [type], width: bytes))
      rows.append(
        .atomic(
          0x17 + number, "\(type.name).atomic.store\(digits)", [type], [], width: bytes))
      for (place, name) in ["add", "sub", "and", "or", "xor", "xchg", "cmpxchg"].enumerated() {
        rows.append(
          .atomic(
            0x1e + UInt16(place) * 7 + number, "\(type.name).atomic.rmw\(digits).\(name)\(sign)",
            name == "cmpxchg" ? [type, type] : [type], [type], width: bytes))
      }
    }
    return rows
  }()
}
