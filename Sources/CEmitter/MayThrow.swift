// Which functions may throw, by the call graph.

import FunctionIR
import WasmModel

/// Calls that may end with an exception: known after all bodies were validated, before any is built.
///
/// A function may throw if it throws, or calls one that may, whatever it catches. A call through a
/// table may throw if a function of its type may, to which there is a reference. In a module that has
/// to do with exceptions, imported functions may, and what a table holds that others see.
package enum MayThrow {
  package static func analysis(
    _ plan: ModulePlan, hasThrows: Bool, _ uses: (Int) -> UnsafeBufferPointer<Use>
  ) -> Throwing {
    let module = plan.module
    let count = module.functions.count
    let defined = module.importedFunctionCount..<count
    var throwing = Throwing()
    if !hasThrows && module.tags.isEmpty { return throwing }
    var pending: [Int] = defined.filter { uses($0).contains { $0.kind == .exception } }
    let isShared =
      module.importedTableCount > 0
      || module.exports.contains { $0.kind == .table }

    // Who has to be looked at again: the callers of each function and, behind those, of each type.
    var callers: [[Int32]] = Array(repeating: [], count: count + module.types.count)
    for index in defined {
      for use in uses(index) {
        switch use.kind {
        case .call, .tailCall: callers[Int(use.index)].append(Int32(index))
        case .type: callers[count + module.canonicalType[Int(use.index)]].append(Int32(index))
        default: break
        }
      }
    }
    var isReferenced = [Bool](repeating: false, count: count)
    for index in plan.referenced { isReferenced[index] = true }
    for index in defined {
      for use in uses(index) where use.kind == .reference { isReferenced[Int(use.index)] = true }
    }
    throwing.functions = Array(repeating: false, count: count)
    throwing.types = Array(repeating: false, count: module.types.count)
    func add(_ node: Int) {
      if node < count {
        if throwing.functions[node] { return }
        throwing.functions[node] = true
      } else {
        if throwing.types[node - count] { return }
        throwing.types[node - count] = true
      }
      pending.append(node)
    }
    let first = pending
    pending = []
    for index in first { add(index) }
    for index in 0..<module.importedFunctionCount { add(index) }
    if isShared { for type in module.types.indices { add(count + type) } }
    while let node = pending.popLast() {
      for caller in callers[node] { add(Int(caller)) }
      if node < count && isReferenced[node] { add(count + plan.canonicalType(ofFunction: node)) }
    }
    return throwing
  }
}
