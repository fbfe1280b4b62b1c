// How an instruction moves the height of the operand stack, in code that can be reached.

import WasmEncoder
import WasmModel

/// The function types that bodies refer to.
struct Signatures {
  private let types: [FunctionType]
  private let functions: [UInt32]
  private let tags: [UInt32]

  init(_ module: EditableModule) {
    types = module.types
    var functions: [UInt32] = []
    var tags: [UInt32] = []
    for entry in module.imports {
      switch entry.kind {
      case .function(let type): functions.append(type)
      case .tag(let type): tags.append(type)
      default: break
      }
    }
    self.functions = functions + module.functions.map(\.type)
    self.tags = tags + module.tags
  }

  func type(_ index: UInt32) -> FunctionType {
    Int(index) < types.count ? types[Int(index)] : FunctionType()
  }

  func function(_ index: UInt32) -> FunctionType {
    Int(index) < functions.count ? type(functions[Int(index)]) : FunctionType()
  }

  func tag(_ index: UInt32) -> FunctionType {
    Int(index) < tags.count ? type(tags[Int(index)]) : FunctionType()
  }

  func block(_ type: BlockType) -> FunctionType {
    if let index = type.index { return self.type(UInt32(index)) }
    return type == .empty ? FunctionType() : FunctionType(results: [type.value])
  }

  /// What an instruction takes and leaves; an opener takes its block's parameters and leaves them. Nil where nothing
  /// behind it is reached.
  func effect(of instruction: CodeInstruction) -> (pops: Int, pushes: Int)? {
    let row = instruction.row
    switch row.kind {
    case .special: break
    default: return (row.operands.count, row.results.count)
    }
    func counts(_ type: FunctionType, extra: Int = 0) -> (Int, Int) {
      (type.parameters.count + extra, type.results.count)
    }
    switch (row.special, instruction.immediates) {
    case (.unreachable, _), (.br, _), (.brTable, _), (.return, _), (.throwTag, _), (.throwRef, _),
      (.legacyRethrow, _), (.returnCall, _), (.returnCallIndirect, _):
      return nil
    case (.if, _), (.brIf, _), (.drop, _), (.localSet, _), (.globalSet, _): return (1, 0)
    case (.call, .index(let index)): return counts(function(index))
    case (.callIndirect, .indices(let index, _)): return counts(type(index), extra: 1)
    case (.select, _), (.selectTyped, _): return (3, 1)
    case (.localGet, _), (.globalGet, _), (.i32Const, _), (.i64Const, _), (.f32Const, _),
      (.f64Const, _), (.v128Const, _), (.refNull, _), (.refFunc, _), (.memorySize, _),
      (.tableSize, _):
      return (0, 1)
    case (.localTee, _), (.tableGet, _), (.memoryGrow, _), (.refIsNull, _), (.vectorLoad, _):
      return (1, 1)
    case (.shuffle, _), (.loadLane, _), (.tableGrow, _): return (2, 1)
    case (.tableSet, _), (.storeLane, _): return (2, 0)
    case (.memoryInit, _), (.memoryCopy, _), (.memoryFill, _), (.tableInit, _), (.tableCopy, _),
      (.tableFill, _):
      return (3, 0)
    default: return (0, 0)
    }
  }
}

/// A block of a body: from its opener to its `end` or `delegate`.
struct BlockRange {
  var opener: Int
  var `else`: Int?
  var end: Int
  /// The body's own block has no opener.
  var depth: Int
}

/// Where the blocks of a body are, and what each instruction stands in.
struct BodyShape {
  private(set) var blocks: [BlockRange] = []
  /// By instruction: the height of the stack before it, from the start of the body on; -1 where it is not reached.
  private(set) var heights: [Int] = []
  /// By instruction: how many blocks are open before it.
  private(set) var depths: [Int] = []

  init(_ body: [CodeInstruction], _ signatures: Signatures) {
    var open: [(index: Int, base: Int, type: FunctionType, `else`: Int?)] = []
    var height = 0
    for (index, instruction) in body.enumerated() {
      heights.append(height)
      depths.append(open.count)
      switch instruction.row.special {
      case .block, .loop, .if, .tryTable, .legacyTry:
        let type: FunctionType =
          switch instruction.immediates {
          case .block(let type), .tryTable(let type, _): signatures.block(type)
          default: FunctionType()
          }
        if instruction.row.special == .if, height >= 0 { height -= 1 }
        // What is not reached has no height; the blocks in it are found anyway.
        open.append((index, height < 0 ? -1 : height - type.parameters.count, type, nil))
      case .else, .legacyCatch, .legacyCatchAll:
        guard let block = open.last else { continue }
        if instruction.row.special == .else { open[open.count - 1].else = index }
        height = block.base < 0 ? -1 : block.base + block.type.parameters.count
      case .end, .legacyDelegate:
        guard let block = open.popLast() else { continue }
        blocks.append(
          BlockRange(opener: block.index, else: block.else, end: index, depth: open.count))
        height = block.base < 0 ? -1 : block.base + block.type.results.count
      default:
        guard height >= 0 else { continue }
        guard let effect = signatures.effect(of: instruction) else {
          height = -1
          continue
        }
        height += effect.pushes - effect.pops
      }
    }
  }
}
