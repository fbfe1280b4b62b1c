// Ways to make blocks, and what leaves them, smaller.

import WasmEncoder
import WasmModel

extension CodeInstruction {
  /// Of an opener.
  fileprivate var blockType: BlockType? {
    get {
      switch immediates {
      case .block(let type), .tryTable(let type, _): type
      default: nil
      }
    }
    set {
      guard let newValue else { return }
      switch immediates {
      case .block: immediates = .block(newValue)
      case .tryTable(_, let clauses): immediates = .tryTable(newValue, clauses)
      default: break
      }
    }
  }
}

extension EditableModule.Function {
  /// Whether an instruction ends a block, or an arm or a handler of one.
  fileprivate func endsBlock(_ place: Int) -> Bool {
    switch body[place].row.special {
    case .end, .else, .legacyCatch, .legacyCatchAll, .legacyDelegate: true
    default: false
    }
  }
}

extension Reduction {
  private static func openers(_ function: EditableModule.Function) -> [Int] {
    function.body.indices.filter {
      switch function.body[$0].row.special {
      case .block, .loop, .if, .tryTable, .legacyTry: true
      default: false
      }
    }
  }

  /// A block becomes what is in it; an `if` one of its arms.
  static let blocks = Reduction(
    name: "blocks", count: { $0.functions.reduce(0) { $0 + openers($1).count } },
    candidates: { module, range in
      guard let (index, opener) = module.place(range.lowerBound, openers) else { return [] }
      let body = module.functions[index].body
      let shape = BodyShape(body, Signatures(module))
      guard let block = shape.blocks.first(where: { $0.opener == opener }) else { return [] }
      func unwrapped(_ content: Range<Int>, dropping: Bool) -> EditableModule {
        let inner = lifted(Array(body[content]))
        let drops = dropping ? [CodeInstruction(.drop)] : []
        return module.replacing(index, block.opener..<block.end + 1, drops + inner)
      }
      let isIf = body[opener].row.special == .if
      var candidates: [EditableModule] = []
      if let middle = block.else {
        candidates.append(unwrapped(opener + 1..<middle, dropping: isIf))
        candidates.append(unwrapped(middle + 1..<block.end, dropping: isIf))
      } else {
        candidates.append(unwrapped(opener + 1..<block.end, dropping: isIf))
      }
      if !isIf, body[opener].row.special != .block {
        var changed = body
        changed[opener] = CodeInstruction(.block, .block(body[opener].blockType ?? .empty))
        candidates.append(module.with { $0.functions[index].body = changed })
      }
      return candidates
    }, isDivisible: false)

  /// Instructions that stood in a block which is no longer there: what left it, or went further out.
  private static func lifted(_ body: [CodeInstruction]) -> [CodeInstruction] {
    var depth: UInt32 = 0
    return body.map { instruction in
      switch instruction.row.special {
      case .end, .legacyDelegate: depth -= depth > 0 ? 1 : 0
      default: break
      }
      let here = depth
      let result = instruction.mappingIndices { space, label in
        space == .label && label > here ? label - 1 : label
      }
      switch instruction.row.special {
      case .block, .loop, .if, .tryTable, .legacyTry: depth += 1
      default: break
      }
      return result
    }
  }

  /// The first value that a block takes and gives goes around it, where it does not change there; or it gives none,
  /// where its end is not reached.
  static let blockTypes = Reduction(
    name: "types of blocks",
    of: { function, signatures -> [(opener: Int, type: FunctionType)] in
      openers(function).compactMap { place in
        guard let type = function.body[place].blockType.map(signatures.block),
          type != FunctionType()
        else { return nil }
        return (place, type)
      }
    },
    candidates: { module, _, index, block in
      let (parameters, results) = (block.type.parameters, block.type.results)
      let types = [
        FunctionType(
          parameters: Array(parameters.dropFirst()), results: Array(results.dropFirst())),
        FunctionType(parameters: parameters),
      ]
      return types.map { type in
        module.with { module in
          let blockType = module.blockType(type)
          module.functions[index].body[block.opener].blockType = blockType
        }
      }
    })

  /// What follows a block, up to the end of the one around it, becomes a trap.
  static let tails = Reduction(
    name: "what follows blocks",
    of: { function, signatures -> [Range<Int>] in
      let shape = BodyShape(function.body, signatures)
      return shape.blocks.compactMap { block in
        let tail = block.end + 1..<function.body.count
        guard
          let end = tail.first(where: { shape.depths[$0] == block.depth && function.endsBlock($0) })
        else { return nil }
        return end - tail.lowerBound > 1 ? tail.lowerBound..<end : nil
      }
    },
    candidates: { module, _, index, tail in
      [module.replacing(index, tail, [CodeInstruction(.unreachable)])]
    })

  /// A table of labels gets half of them, a clause of several goes.
  static let branches = Reduction(
    name: "labels",
    count: { $0.functions.reduce(0) { $0 + tables($1).count } },
    candidates: { module, range in
      guard let (index, place) = module.place(range.lowerBound, tables) else { return [] }
      switch module.functions[index].body[place].immediates {
      case .labels(let labels):
        let shorter: [[UInt32]] = [
          [labels.last!], Array(labels.suffix(labels.count / 2)), Array(labels.dropFirst()),
        ]
        return shorter.filter { !$0.isEmpty && $0.count < labels.count }.map { labels in
          module.with { $0.functions[index].body[place].immediates = .labels(labels) }
        }
      case .tryTable(let type, let clauses):
        return clauses.indices.map { clause in
          var rest = clauses
          rest.remove(at: clause)
          return module.with { $0.functions[index].body[place].immediates = .tryTable(type, rest) }
        }
      default: return []
      }
    }, isDivisible: false)

  private static func tables(_ function: EditableModule.Function) -> [Int] {
    function.body.indices.filter {
      switch function.body[$0].immediates {
      case .labels(let labels): labels.count > 1
      case .tryTable(_, let clauses): !clauses.isEmpty
      default: false
      }
    }
  }

  /// Branch hints go, of several functions at a time.
  static let hints = Reduction(
    name: "branch hints", count: { $0.functions.count },
    candidates: { module, range in
      guard module.functions[range].contains(where: { $0.body.contains { $0.isLikely != nil } })
      else { return [] }
      return [
        module.with { module in
          for index in range {
            for place in module.functions[index].body.indices {
              module.functions[index].body[place].isLikely = nil
            }
          }
        }
      ]
    })
}
