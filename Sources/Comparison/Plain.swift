// For engines that call exports without parameters, one after the other, and show what they return: a module whose
// exports are just the calls of a plan, and the looks at its state behind each.

import WasmEncoder
import WasmModel

extension Plan {
  /// The module, which `Observed` has prepared, in the plain form that PROTOCOL.md describes.
  ///
  /// - Returns: Nil where there is what such engines have not: several memories, shared ones, or addresses of 64 bits;
  ///   or modules that it imports from.
  public func plainModule(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard linked.isEmpty, var module = try? EditableModule(decoding: bytes),
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
      let exported = index(call.export.name)
      let target = moved[exported] ?? exported
      let body = call.arguments.map(Plan.constant) + [CodeInstruction(.call, .index(target))]
      let function = module.show(module.type(ofFunction: target).results, body)
      module.exports.append(Export(name: "\(number + 1)", kind: .function, index: function))
      look("\(number + 1)")
    }
    if !memories.isEmpty {
      module.exports.append(Export(name: "memory", kind: .function, index: module.memoryLook()))
    }
    return module.encoded()
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
  /// Puts a function in the place of each import, of which there are functions alone, that says what was given and
  /// answers as PROTOCOL.md says.
  ///
  /// - Returns: By function index, what stands for an import now.
  fileprivate mutating func answerImports() -> [UInt32: UInt32] {
    let count = UInt32(globals.count)
    let i64 = GlobalType(value: .i64, isMutable: true)
    globals.append(Global(type: i64, value: ConstantExpression(.i64(0), offset: 0)))
    for index in imports.indices {
      imports[index].module = "host"
      imports[index].name = "call \(index)"
    }
    return openDoors { _, index, type in
      var body: [CodeInstruction] = [
        .init(.globalGet, .index(count)), .init(.i64Const, .number(1)), .init(.i64Add),
        .init(.globalSet, .index(count)),
      ]
      for (place, type) in type.parameters.enumerated() {
        body.append(.init(.localGet, .index(UInt32(place))))
        body += type.toInteger
      }
      body.append(.init(.call, .index(index)))
      body += type.results.flatMap { $0.answer(count) }
      body.append(.init(.end))
      return ImportDoor(
        imported: FunctionType(parameters: type.parameters.map(\.asInteger)), body: body)
    }
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

  /// What an import answers, by the global that counts calls.
  fileprivate func answer(_ count: UInt32) -> [CodeInstruction] {
    let calls = CodeInstruction(.globalGet, .index(count))
    let bits: [CodeInstruction] = [
      calls, .init(.i64Const, .number(0x9e37_79b9_7f4a_7c15)), .init(.i64Mul),
    ]
    switch self {
    case .i64: return bits
    case .i32:
      return bits + [
        .init(.i64Const, .number(32)), .init(named: "i64.shr_u"), .init(.i32WrapI64),
      ]
    case .f32, .f64:
      return [
        calls, .init(.i64Const, .number(15)), .init(named: "i64.and"),
        .init(named: "\(name).convert_i64_u"),
      ]
    default: return [zero]
    }
  }

  fileprivate var toInteger: [CodeInstruction] {
    switch self {
    case .f32: [CodeInstruction(named: "i32.reinterpret_f32")]
    case .f64: [CodeInstruction(named: "i64.reinterpret_f64")]
    default: []
    }
  }
}
