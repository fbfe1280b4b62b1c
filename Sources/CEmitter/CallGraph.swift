// What calls may lead to, by who calls whom.

import FunctionIR
import WasmModel

/// Who calls whom: known after all bodies were validated, before any is built.
///
/// A function may do what it does itself, or what one does that it calls. A call through a table may do what a
/// function of its type may, to which there is a reference. Imported functions may do anything, and so may what a
/// table holds that others see.
struct CallGraph {
  private let plan: ModulePlan
  private let uses: (Int) -> UnsafeBufferPointer<Use>
  /// Who has to be looked at again: the callers of each function and, behind those, of each type.
  private var callers: [[Int32]]
  private var isReferenced: [Bool]

  init(_ plan: ModulePlan, _ uses: @escaping (Int) -> UnsafeBufferPointer<Use>) {
    self.plan = plan
    self.uses = uses
    let module = plan.module
    let count = module.functions.count
    callers = Array(repeating: [], count: count + module.types.count)
    isReferenced = Array(repeating: false, count: count)
    for index in plan.referenced { isReferenced[index] = true }
    for index in module.importedFunctionCount..<count {
      for use in uses(index) {
        switch use.kind {
        case .call, .tailCall: callers[Int(use.index)].append(Int32(index))
        case .type: callers[count + module.canonicalType[Int(use.index)]].append(Int32(index))
        case .reference: isReferenced[Int(use.index)] = true
        default: break
        }
      }
    }
  }

  /// What may come to the functions that have a use of this kind, and to imported ones.
  func property(_ kind: Use.Kind) -> CallProperty {
    let module = plan.module
    let count = module.functions.count
    var property = CallProperty()
    property.functions = Array(repeating: false, count: count)
    property.types = Array(repeating: false, count: module.types.count)
    var pending: [Int] = []
    func add(_ node: Int) {
      if node < count {
        if property.functions[node] { return }
        property.functions[node] = true
      } else {
        if property.types[node - count] { return }
        property.types[node - count] = true
      }
      pending.append(node)
    }
    for index in 0..<module.importedFunctionCount { add(index) }
    for index in module.importedFunctionCount..<count
    where uses(index).contains(where: { $0.kind == kind }) {
      add(index)
    }
    let isShared =
      module.importedTableCount > 0 || module.exports.contains { $0.kind == .table }
    if isShared { for type in module.types.indices { add(count + type) } }
    while let node = pending.popLast() {
      for caller in callers[node] { add(Int(caller)) }
      if node < count && isReferenced[node] { add(count + plan.canonicalType(ofFunction: node)) }
    }
    return property
  }

  /// As in `ModulePlan.callees`. A call of itself at its end is a loop, and none.
  func callees() -> [[Int]] {
    let module = plan.module
    let count = module.functions.count
    var callees: [[Int]] = Array(repeating: [], count: callers.count)
    for (callee, some) in callers.enumerated() {
      for caller in some { callees[Int(caller)].append(callee) }
    }
    for index in module.importedFunctionCount..<count {
      let uses = uses(index)
      if uses.contains(where: { $0.isTailCall(of: index) })
        && !uses.contains(where: { $0.kind == .call && $0.index == index })
      {
        callees[index].removeAll { $0 == index }
      }
    }
    for index in 0..<count where isReferenced[index] {
      callees[count + plan.canonicalType(ofFunction: index)].append(index)
    }
    return callees
  }
}

extension ModulePlan {
  /// What each function may call and, behind those, each type, to which a call through a table leads: the functions of that type to
  /// which there is a reference. A type's number is that of the functions and its canonical index.
  package func callees(_ uses: @escaping (Int) -> UnsafeBufferPointer<Use>) -> [[Int]] {
    CallGraph(self, uses).callees()
  }
}

/// What the calls of a module may lead to.
package struct CallProperties: Sendable {
  /// Calls that may end with an exception. A module that has nothing to do with exceptions has none.
  package private(set) var throwing = CallProperty()
  /// Calls that may grow a memory which moves then, or is longer.
  package private(set) var growing = CallProperty()

  package init(
    _ plan: ModulePlan, hasThrows: Bool, _ uses: @escaping (Int) -> UnsafeBufferPointer<Use>
  ) {
    let mayThrow = hasThrows || !plan.module.tags.isEmpty
    let mayMove = plan.memories.contains { $0.mayMove }
    guard mayThrow || mayMove else { return }
    let graph = CallGraph(plan, uses)
    if mayThrow { throwing = graph.property(.exception) }
    if mayMove { growing = graph.property(.growth) }
  }
}
