// Tables that never change.

import WasmModel

/// What is known of a table when the module is translated.
enum TableContents: Sendable {
  /// It may change, or be seen from outside.
  case open
  /// The function of each entry. Then a call needs no table in memory, and no instance to
  /// fill it: a constant array says everything.
  case closed([Int?])

  /// Entries above which a table with few functions in it is left open.
  private static let greatestSize = 1 << 16

  /// What each table holds if nothing but calls looks at it.
  static func all(_ plan: ModulePlan) -> [TableContents] {
    let module = plan.module
    var tables = module.tables.indices.map { index in
      !plan.isMany && index >= module.importedTableCount
        && module.tables[index].limits.minimum <= greatestSize
        ? TableContents.closed(
          Array(repeating: nil, count: Int(module.tables[index].limits.minimum)))
        : .open
    }
    for export in module.exports where export.kind == .table { tables[Int(export.index)] = .open }
    for segment in module.elements {
      if case .active(let table, let offset) = segment.mode {
        tables[Int(table)].put(segment, at: offset)
      }
    }
    return tables
  }

  /// Puts a segment into a table that nothing else has been put into but segments.
  private mutating func put(_ segment: ElementSegment, at offset: ConstantExpression) {
    guard case .closed(var functions) = self else { return }
    // Open, unless all goes well: so that the array is written to in its place.
    self = .open
    guard case .i32(let start)? = offset.single,
      UInt64(start) + UInt64(segment.elements.count) <= functions.count
    else { return }
    for (k, element) in segment.elements.enumerated() {
      switch element.single {
      case .refFunc(let function): functions[Int(start) + k] = Int(function)
      case .refNull: functions[Int(start) + k] = nil
      default: return
      }
    }
    self = .closed(functions)
  }
}
