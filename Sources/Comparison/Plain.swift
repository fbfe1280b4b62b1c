// For engines that call exports without parameters, one after the other, and show what they return: a module whose
// exports are just the calls of a plan, and the looks at its state behind each.

import WasmEncoder
import WasmModel

extension Plan {
  /// The module, which `Observed` has prepared, with exports of the names `0`, `0 g0`, `0 t0`, `1`, `1 g0` …: a call, by its
  /// number, `0` being the instantiation, then what each global and table is, in their order in the request; at the end `memory` and a number for each
  /// memory. Floats come as the integers of their bits. A table is its size, and for its first 64 elements a bit
  /// each that is set where one is not null; a memory its size in bytes and its CRC-32 as an i64, or -1 where it has more
  /// than a MiB, which would take an interpreter long.
  ///
  /// Imports are called `call 0`, `call 1` … in module `host`, take floats as integers, too, and answer nothing: what
  /// they should, the module finds itself.
  ///
  /// - Returns: Nil where there is what such engines have not: several memories, or addresses of 64 bits.
  public func plainModule(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard var module = try? EditableModule(decoding: bytes),
      module.memories.count < 2,
      module.memories.allSatisfy({ $0.addressType == .i32 && !$0.isShared }),
      module.tables.allSatisfy({ $0.addressType == .i32 })
    else { return nil }
    let given = module.exports
    // Byte for byte: equal strings may be spelled in several ways.
    func index(_ export: String) -> UInt32 {
      given.first { $0.name.utf8.elementsEqual(export.utf8) }?.index ?? 0
    }
    // As PROTOCOL.md says: memories grow to 64 MiB.
    for index in module.memories.indices {
      let most = Plan.mostMemory / module.memories[index].pageSize
      let limits = module.memories[index].limits
      if limits.minimum <= most {
        module.memories[index].limits.maximum = min(limits.maximum ?? most, most)
      }
    }
    let moved = module.answerImports()
    module.exports = []
    var looks: [(name: String, function: UInt32)] = []
    for (place, state) in globals.enumerated() {
      let global = index(state.export.name)
      let type = module.globals[Int(global)].type.value
      looks.append(
        ("g\(place)", module.show([type], [CodeInstruction(.globalGet, .index(global))])))
    }
    for (place, state) in tables.enumerated() {
      looks.append(("t\(place)", module.tableLook(index(state.export.name))))
    }
    func look(_ step: String) {
      for (name, function) in looks {
        module.exports.append(Export(name: "\(step) \(name)", kind: .function, index: function))
      }
    }
    let nothing = module.show([], [])
    module.exports.append(Export(name: "0", kind: .function, index: nothing))
    look("0")
    for (number, call) in calls.enumerated() {
      let target = moved(index(call.export.name))
      let body = call.arguments.map(Plan.constant) + [CodeInstruction(.call, .index(target))]
      let types = call.results.map { Plan.type(of: $0) }
      let function = module.show(types, body)
      module.exports.append(Export(name: "\(number + 1)", kind: .function, index: function))
      look("\(number + 1)")
    }
    if !memories.isEmpty {
      module.exports.append(Export(name: "memory", kind: .function, index: module.memoryLook()))
    }
    return module.encoded()
  }

  private static func type(of letter: Character) -> ValueType {
    switch letter {
    case "i": .i32
    case "I": .i64
    case "f": .f32
    case "F": .f64
    case "r": .funcref
    default: .externref
    }
  }

  /// `i32:00000001`
  private static func constant(_ text: String) -> CodeInstruction {
    let bits = UInt64(text.drop { $0 != ":" }.dropFirst(), radix: 16) ?? 0
    return switch text.prefix(4) {
    case "i32:": CodeInstruction(.i32Const, .number(bits))
    case "i64:": CodeInstruction(.i64Const, .number(bits))
    case "f32:": CodeInstruction(.f32Const, .number(bits))
    case "f64:": CodeInstruction(.f64Const, .number(bits))
    case "func": CodeInstruction(.refNull, .type(.funcref))
    default: CodeInstruction(.refNull, .type(.externref))
    }
  }
}

extension EditableModule {
  /// Puts a function in the place of each import that says what was given and answers as PROTOCOL.md says.
  ///
  /// - Returns: Which function stands for another now.
  fileprivate mutating func answerImports() -> (UInt32) -> UInt32 {
    let own = globals.count
    let i64 = GlobalType(value: .i64, isMutable: true)
    globals.append(Global(type: i64, value: ConstantExpression(.i64(0), offset: 0)))
    let count = CodeInstruction(.globalGet, .index(UInt32(own)))
    var doors: [UInt32: UInt32] = [:]
    var bodies: [UInt32: [CodeInstruction]] = [:]
    for index in imports.indices {
      guard case .function(let declared) = imports[index].kind else { continue }
      let type = types[Int(declared)]
      imports[index].module = "host"
      imports[index].name = "call \(index)"
      let told = FunctionType(parameters: type.parameters.map(\.asInteger))
      imports[index].kind = .function(type: typeIndex(told))
      var body = [
        count, CodeInstruction(.i64Const, .number(1)), CodeInstruction(.i64Add),
        CodeInstruction(.globalSet, .index(UInt32(own))),
      ]
      for (place, type) in type.parameters.enumerated() {
        body.append(CodeInstruction(.localGet, .index(UInt32(place))))
        body += type.toInteger
      }
      body.append(CodeInstruction(.call, .index(UInt32(index))))
      for type in type.results {
        let bits = [
          count, CodeInstruction(.i64Const, .number(0x9e37_79b9_7f4a_7c15)),
          CodeInstruction(named: "i64.mul"),
        ]
        let small = [
          count, CodeInstruction(.i64Const, .number(15)), CodeInstruction(named: "i64.and"),
        ]
        switch type {
        case .i64: body += bits
        case .i32:
          body += bits
          body += [
            CodeInstruction(.i64Const, .number(32)), CodeInstruction(named: "i64.shr_u"),
            CodeInstruction(.i32WrapI64),
          ]
        case .f32, .f64: body += small + [CodeInstruction(named: "\(type.name).convert_i64_u")]
        default: body.append(type.zero)
        }
      }
      body.append(CodeInstruction(.end))
      let function = define(type, locals: [], body)
      doors[UInt32(index)] = function
      bodies[function] = body
    }
    let moved = doors
    self = mappingIndices { space, index in space == .function ? moved[index] ?? index : index }
    // But these call the imports themselves.
    for (function, body) in bodies { functions[Int(function) - imports.count].body = body }
    return { moved[$0] ?? $0 }
  }

  /// A function that returns what a body leaves, with floats as integers.
  fileprivate mutating func show(_ types: [ValueType], _ body: [CodeInstruction]) -> UInt32 {
    var body = body
    if types.contains(where: { $0 != $0.asInteger }) {
      body += types.indices.reversed().map { CodeInstruction(.localSet, .index(UInt32($0))) }
      for (place, type) in types.enumerated() {
        body += [CodeInstruction(.localGet, .index(UInt32(place)))] + type.toInteger
      }
    }
    body.append(CodeInstruction(.end))
    return define(FunctionType(results: types.map(\.asInteger)), locals: types, body)
  }

  /// A function that returns a table's size, and bits for its first 64 elements.
  fileprivate mutating func tableLook(_ table: UInt32) -> UInt32 {
    let (place, bits) = (Immediates.index(0), Immediates.index(1))
    let body: [CodeInstruction] = [
      .init(named: "block", .block(.empty)), .init(named: "loop", .block(.empty)),
      .init(.localGet, place), .init(named: "table.size", .index(table)), .init(named: "i32.ge_u"),
      .init(named: "br_if", .index(1)),
      .init(.localGet, place), .init(.i32Const, .number(64)), .init(named: "i32.ge_u"),
      .init(named: "br_if", .index(1)),
      .init(.localGet, place), .init(named: "table.get", .index(table)),
      .init(named: "ref.is_null"), .init(.i32Eqz),
      .init(.i64ExtendI32U), .init(.localGet, place), .init(.i64ExtendI32U),
      .init(named: "i64.shl"),
      .init(.localGet, bits), .init(named: "i64.or"), .init(.localSet, bits),
      .init(.localGet, place), .init(.i32Const, .number(1)), .init(.i32Add),
      .init(.localSet, place),
      .init(named: "br", .index(0)), .init(.end), .init(.end),
      .init(named: "table.size", .index(table)), .init(.localGet, bits), .init(.end),
    ]
    return define(FunctionType(results: [.i32, .i64]), locals: [.i32, .i64], body)
  }

  /// A function that returns the only memory's size in bytes, and the CRC-32 of its contents where these are few.
  fileprivate mutating func memoryLook() -> UInt32 {
    let (place, crc, size, bit) = (
      Immediates.index(0), Immediates.index(1), Immediates.index(2), Immediates.index(3)
    )
    let pageSize = memories[0].pageSize
    let body: [CodeInstruction] = [
      .init(named: "memory.size", .index(0)), .init(.i64ExtendI32U),
      .init(.i64Const, .number(pageSize)),
      .init(named: "i64.mul"), .init(.localSet, size),
      .init(.localGet, size), .init(.i64Const, .number(1 << 20)), .init(named: "i64.gt_u"),
      .init(named: "if", .block(.empty)),
      .init(.localGet, size), .init(.i64Const, .number(.max)), .init(named: "return"), .init(.end),
      .init(.i32Const, .number(0xffff_ffff)), .init(.localSet, crc),
      .init(named: "block", .block(.empty)), .init(named: "loop", .block(.empty)),
      .init(.localGet, place), .init(.localGet, size), .init(named: "i64.ge_u"),
      .init(named: "br_if", .index(1)),
      .init(.localGet, crc),
      .init(.localGet, place), .init(.i32WrapI64),
      .init(named: "i32.load8_u", .memory(MemoryArgument())),
      .init(named: "i32.xor"), .init(.localSet, crc),
      .init(.i32Const, .number(8)), .init(.localSet, bit),
      .init(named: "loop", .block(.empty)),
      // The polynomial, where the lowest bit is set.
      .init(.localGet, crc), .init(.i32Const, .number(1)), .init(named: "i32.shr_u"),
      .init(.i32Const, .number(0)), .init(.localGet, crc), .init(.i32Const, .number(1)),
      .init(named: "i32.and"),
      .init(named: "i32.sub"), .init(.i32Const, .number(0xedb8_8320)), .init(named: "i32.and"),
      .init(named: "i32.xor"), .init(.localSet, crc),
      .init(.localGet, bit), .init(.i32Const, .number(1)), .init(named: "i32.sub"),
      .init(named: "local.tee", bit),
      .init(named: "br_if", .index(0)), .init(.end),
      .init(.localGet, place), .init(.i64Const, .number(1)), .init(.i64Add),
      .init(.localSet, place),
      .init(named: "br", .index(0)), .init(.end), .init(.end),
      .init(.localGet, size), .init(.localGet, crc), .init(.i32Const, .number(0xffff_ffff)),
      .init(named: "i32.xor"), .init(.i64ExtendI32U), .init(.end),
    ]
    return define(FunctionType(results: [.i64, .i64]), locals: [.i64, .i32, .i64, .i32], body)
  }
}

extension ValueType {
  /// The type that has a float's bits.
  fileprivate var asInteger: ValueType { self == .f32 ? .i32 : self == .f64 ? .i64 : self }

  fileprivate var toInteger: [CodeInstruction] {
    switch self {
    case .f32: [CodeInstruction(named: "i32.reinterpret_f32")]
    case .f64: [CodeInstruction(named: "i64.reinterpret_f64")]
    default: []
    }
  }
}
