// What each value type is in C: one row says all of it.

import WasmModel

/// A value type in C.
package struct CType: BitwiseCopyable, Sendable {
  let kind: UInt8
  /// In generated code: `u32`.
  package let name: StaticString
  /// In public headers: `uint32_t`.
  package let publicName: StaticString
  /// In the spelling of types, as in apus.h: `i`.
  package let letter: StaticString
  /// The place in apus_global's union: `i32`.
  package let member: StaticString
  /// What keeps a value of this type alive; see apus_code.h: `force(`.
  let force: StaticString
  /// What a variable starts with: `0`.
  var zero: StaticString = "0"

  private static let rows: [CType] = [
    CType(
      kind: ValueType.i32.kind, name: "u32", publicName: "uint32_t", letter: "i", member: "i32",
      force: "force("),
    CType(
      kind: ValueType.i64.kind, name: "u64", publicName: "uint64_t", letter: "I", member: "i64",
      force: "force("),
    CType(
      kind: ValueType.f32.kind, name: "f32", publicName: "float", letter: "f", member: "f32",
      force: "forcef("),
    CType(
      kind: ValueType.f64.kind, name: "f64", publicName: "double", letter: "F", member: "f64",
      force: "forcef("),
    CType(
      kind: ValueType.v128.kind, name: "v128", publicName: "apus_v128", letter: "V",
      member: "v128", force: "forcev(", zero: "{0}"),
    CType(
      kind: ValueType.funcref.kind, name: "apus_funcref", publicName: "apus_funcref", letter: "p",
      member: "funcref", force: "force("),
    CType(
      kind: ValueType.externref.kind, name: "apus_externref", publicName: "apus_externref",
      letter: "e",
      member: "externref", force: "force("),
    CType(
      kind: ValueType.exnref.kind, name: "apus_exnref", publicName: "apus_exnref", letter: "x",
      member: "exnref[0]", force: "force(", zero: "{0}"),
  ]

  /// Rows by kind; lives for ever. Safe to share: written once, before first use.
  nonisolated(unsafe) static let table: UnsafePointer<CType> = {
    let table = UnsafeMutablePointer<CType>.allocate(capacity: 0x80)
    table.initialize(repeating: rows[0], count: 0x80)
    for row in rows { table[Int(row.kind)] = row }
    return UnsafePointer(table)
  }()
}

extension ValueType {
  /// The type in C. Every type of a module that was not refused has one.
  package var c: CType { CType.table[Int(kind)] }
  /// The runtime's `struct apus_type` of it, by its address.
  var descriptor: String { "&apus_type_\(name)" }
}

extension FunctionType {
  /// The spelling in apus.h: `iI>f`.
  package var spelling: String {
    parameters.map { "\($0.c.letter)" }.joined() + ">" + results.map { "\($0.c.letter)" }.joined()
  }
  /// What a `struct apus_type` of it is made from; it has no supertypes.
  var descriptorValue: String { "{\"\(spelling)\", 0, NULL}" }
}
