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

  init(_ index: Int, _ plan: ModulePlan, _ use: ModuleUse) {
    let module = plan.module
    self = .open
    guard !plan.isMany, index >= module.importedTableCount, !use.accesses[index],
      !module.exports.contains(where: { $0.kind == .table && $0.index == index }),
      module.tables[index].limits.minimum <= TableContents.greatestSize
    else { return }
    var functions = [Int?](repeating: nil, count: Int(module.tables[index].limits.minimum))
    for segment in module.elements {
      guard case .active(let table, let offset) = segment.mode, table == index else { continue }
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
    }
    self = .closed(functions)
  }
}
