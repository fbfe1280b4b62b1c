// One way to make a module smaller, in steps of any size.

import WasmEncoder
import WasmModel

/// Things of a module that can go, one or several next to one another at a time.
struct Reduction: Sendable {
  var name: String
  /// How many such things there are.
  var count: @Sendable (EditableModule) -> Int
  /// The module without some of them: every candidate, the best one first. They need not be valid.
  var candidates: @Sendable (EditableModule, Range<Int>) -> [EditableModule]
  /// Whether several at a time make sense.
  var isDivisible = true

  /// In the order in which they are tried.
  static let all: [Reduction] = [
    names, hints, start, exports, bodies(trap: false), bodies(trap: true), unused, targets,
    statements, tails, blocks, blockTypes, branches, expressions, dropped, indirectCalls,
    signatures, constants,
    imports, segments, elements, locals, numbers, limits,
  ]
}

extension EditableModule {
  /// Instructions of all bodies, but for the ends of blocks.
  package var instructionCount: Int {
    functions.reduce(0) { $0 + $1.body.count { $0.row.special != .end } }
  }

  /// With changes.
  func with(_ change: (inout EditableModule) -> Void) -> EditableModule {
    var copy = self
    change(&copy)
    return copy
  }

  /// The type of a function that the module defines.
  func type(of function: Function) -> FunctionType {
    Int(function.type) < types.count ? types[Int(function.type)] : FunctionType()
  }
}

extension ValueType {
  static var all: [ValueType] { [.i32, .i64, .f32, .f64, .v128, .funcref, .externref, .exnref] }
}

// MARK: - All but bodies

extension Reduction {
  private static let names = Reduction(
    name: "names", count: { $0.functionNames.isEmpty ? 0 : 1 },
    candidates: { module, _ in [module.with { $0.functionNames = [] }] })

  private static let start = Reduction(
    name: "start function", count: { $0.start == nil ? 0 : 1 },
    candidates: { module, _ in [module.with { $0.start = nil }] })

  private static let exports = Reduction(
    name: "exports", count: { $0.exports.count },
    candidates: { module, range in [module.with { $0.exports.removeSubrange(range) }] })

  /// Bodies become a trap, or nothing but zeros.
  private static func bodies(trap: Bool) -> Reduction {
    Reduction(
      name: "bodies", count: { $0.functions.count },
      candidates: { module, range in
        [
          module.with { module in
            for index in range {
              let results = module.type(of: module.functions[index]).results
              let body = trap ? [CodeInstruction(.unreachable)] : results.map(\.zero)
              module.functions[index].body = body + [CodeInstruction(.end)]
              module.functions[index].locals = []
            }
          }
        ]
      })
  }

  /// An imported function becomes one that answers zeros.
  private static let imports = Reduction(
    name: "imports", count: { $0.imports.count },
    candidates: { module, range in
      guard case .function(let type) = module.imports[range.lowerBound].kind else { return [] }
      let imported = UInt32(module.importCount(.function))
      let place = module.imports[..<range.lowerBound].reduce(UInt32(0)) { count, entry in
        if case .function = entry.kind { count + 1 } else { count }
      }
      var copy = module.mappingIndices { space, index in
        guard space == .function else { return index }
        if index == place { return imported - 1 }
        return index > place && index < imported ? index - 1 : index
      }
      copy.imports.remove(at: range.lowerBound)
      let body = (Int(type) < module.types.count ? module.types[Int(type)].results : []).map(\.zero)
      copy.functions.insert(.init(type: type, body: body + [CodeInstruction(.end)]), at: 0)
      return [copy]
    }, isDivisible: false)

  /// Segments lose their contents, or half of them.
  private static let segments = Reduction(
    name: "segments", count: { $0.data.count + $0.elements.count },
    candidates: { module, range in
      func cut(_ keep: (Int) -> Int) -> EditableModule {
        module.with { module in
          for index in range {
            if index < module.data.count {
              let bytes = module.data[index].bytes
              module.data[index].bytes = Array(bytes.prefix(keep(bytes.count)))
            } else {
              let place = index - module.data.count
              let elements = module.elements[place].elements
              module.elements[place].elements = Array(elements.prefix(keep(elements.count)))
            }
          }
        }
      }
      let zeroed = module.with { module in
        for index in range where index < module.data.count {
          module.data[index].bytes = module.data[index].bytes.map { _ in 0 }
        }
      }
      return [cut { _ in 0 }, cut { $0 / 2 }, zeroed]
    })

  /// Elements go, several of one segment or of neighbours at a time.
  private static let elements = Reduction(
    name: "elements", count: { $0.elements.reduce(0) { $0 + $1.elements.count } },
    candidates: { module, range in
      [
        module.with { module in
          var first = 0
          for place in module.elements.indices {
            let elements = module.elements[place].elements
            module.elements[place].elements = elements.indices.compactMap {
              range.contains(first + $0) ? nil : elements[$0]
            }
            first += elements.count
          }
        }
      ]
    })

  private static let limits = Reduction(
    name: "limits", count: { $0.memories.count + $0.tables.count },
    candidates: { module, range in
      let index = range.lowerBound
      func change(_ change: (inout Limits) -> Void) -> EditableModule {
        module.with { module in
          if index < module.memories.count {
            change(&module.memories[index].limits)
          } else {
            change(&module.tables[index - module.memories.count].limits)
          }
        }
      }
      return [change { $0.minimum = 0 }, change { $0.minimum /= 2 }, change { $0.maximum = nil }]
    }, isDivisible: false)

  /// What nothing refers to.
  private static let unused = Reduction(
    name: "what is unused", count: { $0.unused().count },
    candidates: { module, range in
      var gone: [IndexSpace: Set<UInt32>] = [:]
      for (space, index) in module.unused()[range] { gone[space, default: []].insert(index) }
      return [module.removing(gone)]
    })
}
