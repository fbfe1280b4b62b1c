// Vectors at a module's border: few hosts have them, so each goes as two i64, the low one first.

import WasmEncoder
import WasmModel

extension EditableModule {
  /// Puts a function between each one with vectors that is imported or exported and the outside, and adds one for each
  /// global that is a vector.
  ///
  /// - Parameter linked: Names of modules that take vectors as they are.
  mutating func halveVectors(linked: [String]) -> Bool {
    // An import takes halves; who called it calls a function that has vectors.
    let outside = openDoors { entry, index, type in
      guard type.hasVectors, !linked.contains(entry.module) else { return nil }
      let door = FunctionType.Door(outer: type, inner: type.halved)
      return ImportDoor(
        imported: type.halved, locals: type.halved.results, body: door.body(calling: index))
    }
    let imported = imports.compactMap { entry -> GlobalType? in
      if case .global(let type) = entry.kind { type } else { nil }
    }
    for (global, type) in (imported + globals.map(\.type)).enumerated() where type.value == .v128 {
      let body = [CodeInstruction.local(.globalGet, global), CodeInstruction(.end)]
      let getter = define(FunctionType(results: [.v128]), locals: [], body)
      exports.append(Export(name: "apus:vector \(global)", kind: .function, index: getter))
    }
    var doors: [UInt32: UInt32] = [:]
    for index in exports.indices where exports[index].kind == .function {
      let target = exports[index].index
      let type = type(ofFunction: target)
      guard type.hasVectors else { continue }
      if doors[target] == nil {
        let door = FunctionType.Door(outer: type.halved, inner: type)
        doors[target] = define(type.halved, locals: type.results, door.body(calling: target))
      }
      exports[index].index = doors[target] ?? target
    }
    return !outside.isEmpty || !doors.isEmpty
  }
}

extension FunctionType {
  fileprivate var hasVectors: Bool { parameters.contains(.v128) || results.contains(.v128) }

  /// `(v128, i32) -> v128` is `(i64, i64, i32) -> (i64, i64)`.
  fileprivate var halved: FunctionType {
    func halves(_ types: [ValueType]) -> [ValueType] {
      types.flatMap { $0 == .v128 ? [.i64, .i64] : [$0] }
    }
    return FunctionType(parameters: halves(parameters), results: halves(results))
  }

  /// A function that has one of two types and calls one that has the other: of each vector, one has its halves.
  fileprivate struct Door {
    var outer: FunctionType
    var inner: FunctionType

    /// Results of the call are its locals.
    func body(calling target: UInt32) -> [CodeInstruction] {
      var body = Door.converted(from: outer.parameters, to: inner.parameters, firstLocal: 0)
      body.append(CodeInstruction(.call, .index(target)))
      let first = outer.parameters.count
      body += inner.results.indices.reversed().map { .local(.localSet, first + $0) }
      body += Door.converted(from: inner.results, to: outer.results, firstLocal: first)
      body.append(CodeInstruction(.end))
      return body
    }

    /// Pushes locals of these types as values of the others.
    private static func converted(from given: [ValueType], to wanted: [ValueType], firstLocal: Int)
      -> [CodeInstruction]
    {
      var (body, local, place) = ([CodeInstruction](), firstLocal, 0)
      while place < wanted.count {
        switch (given[local - firstLocal], wanted[place]) {
        case (.v128, .i64):
          for lane: UInt8 in 0...1 {
            body += [.local(.localGet, local), CodeInstruction(.i64x2ExtractLane, .lane(lane))]
          }
          (local, place) = (local + 1, place + 2)
        case (.i64, .v128):
          body += [
            .local(.localGet, local), CodeInstruction(.i64x2Splat), .local(.localGet, local + 1),
            CodeInstruction(.i64x2ReplaceLane, .lane(1)),
          ]
          (local, place) = (local + 2, place + 1)
        default:
          body.append(.local(.localGet, local))
          (local, place) = (local + 1, place + 1)
        }
      }
      return body
    }
  }
}

extension CodeInstruction {
  fileprivate static func local(_ opcode: Opcode, _ index: Int) -> CodeInstruction {
    CodeInstruction(opcode, .index(UInt32(index)))
  }
}
