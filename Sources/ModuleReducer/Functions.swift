// Ways to do with fewer functions: who is exported, who is called, and what a function takes and gives.

import WasmEncoder
import WasmModel

extension EditableModule {
  /// The functions that table segments hold, each once.
  private var heldFunctions: [UInt32] {
    var found: [UInt32] = []
    for segment in elements {
      for element in segment.elements {
        if let function = element.function, !found.contains(function) { found.append(function) }
      }
    }
    return found
  }

  /// The functions that an instruction may call.
  fileprivate func callees(_ instruction: CodeInstruction, _ signatures: Signatures) -> [UInt32] {
    switch (instruction.row.special, instruction.immediates) {
    case (.call, .index(let callee)), (.returnCall, .index(let callee)): return [callee]
    case (.callIndirect, .indices(let type, _)), (.returnCallIndirect, .indices(let type, _)):
      return heldFunctions.filter { signatures.function($0) == signatures.type(type) }
    default: return []
    }
  }

  /// Whether anything but an export refers to a function.
  fileprivate func isReferredTo(_ function: UInt32) -> Bool {
    var copy = self
    copy.exports = []
    var isFound = false
    _ = copy.mappingIndices { space, index in
      if space == .function && index == function { isFound = true }
      return index
    }
    return isFound
  }
}

extension ConstantExpression {
  /// The function that it refers to, where it is no more than that.
  fileprivate var function: UInt32? {
    if case .refFunc(let function) = single { function } else { nil }
  }
}

extension Reduction {
  /// An export of a function becomes that of one which it calls.
  static let targets = Reduction(
    name: "exports of callers", count: { $0.exports.count },
    candidates: { module, range in
      let export = module.exports[range.lowerBound]
      let imported = module.importCount(.function)
      guard export.kind == .function, Int(export.index) >= imported else { return [] }
      let signatures = Signatures(module)
      var callees: [UInt32] = []
      for instruction in module.functions[Int(export.index) - imported].body {
        for callee in module.callees(instruction, signatures)
        where Int(callee) >= imported && callee != export.index && !callees.contains(callee) {
          callees.append(callee)
        }
      }
      return callees.map { callee in module.with { $0.exports[range.lowerBound].index = callee } }
    }, isDivisible: false)

  /// A call through a table becomes one of a function that the table may hold.
  static let indirectCalls = Reduction(
    name: "calls through tables",
    of: { function, _ -> [Int] in
      function.body.indices.filter { function.body[$0].row.special == .callIndirect }
    },
    candidates: { module, signatures, index, place in
      module.callees(module.functions[index].body[place], signatures).map { callee in
        module.with {
          $0.functions[index].body.replaceSubrange(
            place..<place + 1,
            with: [CodeInstruction(.drop), CodeInstruction(.call, .index(callee))])
        }
      }
    })

  /// A function that nobody calls takes nothing, or gives nothing: its parameters become locals, its results go.
  static let signatures = Reduction(
    name: "types of functions", count: { $0.functions.count },
    candidates: { module, range in
      let index = range.lowerBound
      let type = module.type(of: module.functions[index])
      guard !(type.parameters.isEmpty && type.results.isEmpty),
        !module.isReferredTo(UInt32(module.importCount(.function) + index))
      else { return [] }
      func with(_ new: FunctionType, _ change: (inout EditableModule.Function) -> Void)
        -> EditableModule
      {
        module.with { module in
          module.functions[index].type = module.typeIndex(new)
          change(&module.functions[index])
        }
      }
      var candidates: [EditableModule] = []
      if !type.results.isEmpty {
        candidates.append(
          with(FunctionType(parameters: type.parameters)) { function in
            let drops = type.results.map { _ in CodeInstruction(.drop) }
            function.body.insert(contentsOf: drops, at: function.body.count - 1)
          })
      }
      if !type.parameters.isEmpty {
        candidates.append(
          with(FunctionType(results: type.results)) { function in
            function.locals = type.parameters + function.locals
          })
      }
      return candidates
    }, isDivisible: false)
}
