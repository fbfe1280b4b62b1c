// What of a module can be reached: decided after every body was validated, and before any is built.

import WasmModel

/// What all functions that can be reached use together, and which those are.
package struct ModuleUse: Sendable {
  /// By function index: reached by calls or references from what the outside can reach.
  package var isLive: [Bool]
  /// By function index: `funcs` holds a reference to it.
  package var isReferenced: [Bool]
  package var types: [Bool]
  package var globals: [Bool]
  /// By table: something calls through it.
  package var calls: [Bool]
  /// By table: something reads or writes it other than by calls.
  package var accesses: [Bool]
  package var data: [Bool]
  package var elements: [Bool]
  /// What calls through each table find.
  private(set) var tables: [TableContents]

  /// `uses` gives what a defined function uses, by function index.
  package init(_ plan: ModulePlan, uses: (Int) -> UnsafeBufferPointer<Use>) {
    let module = plan.module
    isLive = Array(repeating: false, count: module.functions.count)
    isReferenced = isLive
    types = Array(repeating: false, count: module.types.count)
    globals = Array(repeating: false, count: module.globals.count)
    calls = Array(repeating: false, count: module.tables.count)
    accesses = calls
    data = Array(repeating: false, count: module.data.count)
    elements = Array(repeating: false, count: module.elements.count)
    tables = TableContents.all(plan)
    var walk = Walk(plan, tables)
    for root in walk.roots { reach(root, &walk) }
    while let function = walk.pending.popLast() {
      for use in uses(function) { add(use, &walk) }
    }
  }

  /// The search for all that can be reached.
  private struct Walk {
    let plan: ModulePlan
    var pending: [Int] = []
    /// Functions that are reached whatever the code does.
    var roots: Set<Int>
    /// What a table that never changes holds is reached where something calls through it with
    /// the type: the functions of each table and type, and where the groups of a table and those
    /// of a type are.
    private(set) var groups: [(table: Int, type: Int, functions: [Int])] = []
    private(set) var groupsOfTable: [[Int]]
    private(set) var groupsOfType: [Int: [Int]] = [:]

    init(_ plan: ModulePlan, _ tables: [TableContents]) {
      self.plan = plan
      roots = plan.isMany ? Set(plan.roots) : plan.otherRoots
      groupsOfTable = Array(repeating: [], count: tables.count)
      for (table, functions) in plan.tableRoots.enumerated() {
        guard case .closed = tables[table] else {
          roots.formUnion(functions)
          continue
        }
        let groups = Dictionary(grouping: functions) { plan.canonicalType(ofFunction: $0) }
        for (type, functions) in groups {
          groupsOfTable[table].append(self.groups.count)
          groupsOfType[type, default: []].append(self.groups.count)
          self.groups.append((table, type, functions))
        }
      }
    }
  }

  private mutating func reach(_ function: Int, _ walk: inout Walk) {
    if isLive[function] { return }
    isLive[function] = true
    if function >= walk.plan.module.importedFunctionCount { walk.pending.append(function) }
  }

  private mutating func add(_ use: Use, _ walk: inout Walk) {
    let index = Int(use.index)
    switch use.kind {
    case .call: reach(index, &walk)
    case .reference:
      isReferenced[index] = true
      if !walk.plan.isMany || index >= walk.plan.module.importedFunctionCount {
        reach(index, &walk)
      }
    case .type:
      let index = walk.plan.module.canonicalType[index]
      if types[index] { return }
      types[index] = true
      reachGroups(walk.groupsOfType[index] ?? [], &walk)
    case .global: globals[index] = true
    case .indirectCall:
      if calls[index] { return }
      calls[index] = true
      reachGroups(walk.groupsOfTable[index], &walk)
    case .table:
      if accesses[index] { return }
      accesses[index] = true
      guard case .closed = tables[index] else { return }
      tables[index] = .open
      for group in walk.groupsOfTable[index] {
        for function in walk.groups[group].functions { reach(function, &walk) }
      }
    case .tailCall:
      // In `many` one of an imported function finds it by itself.
      if !walk.plan.isMany || index >= walk.plan.module.importedFunctionCount {
        reach(index, &walk)
      } else {
        types[walk.plan.canonicalType(ofFunction: index)] = true
      }
    case .exception, .tailType, .growth: break
    case .data: data[index] = true
    case .elements:
      if elements[index] { return }
      elements[index] = true
      // In `many`, all that any segment names is a root.
      if walk.plan.isMany { return }
      for function in walk.plan.module.elements[index].elements.flatMap({ $0.references }) {
        isReferenced[function] = true
        reach(function, &walk)
      }
    }
  }

  /// Reaches the functions of those groups whose table is called through, with their type.
  private mutating func reachGroups(_ indices: [Int], _ walk: inout Walk) {
    for index in indices {
      let group = walk.groups[index]
      guard calls[group.table] && types[group.type] else { continue }
      for function in group.functions { reach(function, &walk) }
    }
  }
}
