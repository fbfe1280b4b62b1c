import Comparison
import Testing
import Translator
import WasmEncoder
import WasmModel

/// What is made of a module, which has to be valid.
private func observed(_ module: EditableModule) throws -> EditableModule {
  let bytes = try #require(module.encoded().withUnsafeBytes { Observed.module($0) })
  return try bytes.withUnsafeBytes { bytes in
    _ = try Translator.inspect(bytes)
    return try EditableModule(decoding: bytes)
  }
}

struct ObservedTests {
  @Test func importsBecomeTheModulesOwn() throws {
    var module = EditableModule()
    let base = GlobalType(value: .i32, isMutable: false)
    let pointer = GlobalType(value: .i64, isMutable: true)
    module.types = [FunctionType(parameters: [.i32])]
    let kinds: [Import.Kind] = [
      .global(base), .memory(MemoryType(limits: Limits(minimum: 1, maximum: 3))),
      .table(TableType(element: .funcref, limits: Limits(minimum: 7))), .global(pointer),
      .tag(type: 0),
      .function(type: 0),
    ]
    module.imports = kinds.map { Import(module: "env", name: "x", kind: $0, offset: 0) }
    module.memories = [MemoryType(limits: Limits(minimum: 2))]
    module.globals = [Global(type: base, value: ConstantExpression(.globalGet(0), offset: 0))]
    module.data = [
      .init(
        bytes: [1], mode: .active(memory: 0, offset: ConstantExpression(.globalGet(0), offset: 0)))
    ]
    let seen = try observed(module)
    #expect(seen.imports.count == 1)
    #expect(seen.memories.map(\.limits.minimum) == [1, 2])
    #expect(seen.globals.map(\.type) == [base, pointer, base])
    #expect(seen.globals[1].value.single == .i64(65536))
    #expect(seen.globals[2].value.single == .i32(0))
    #expect(seen.tables.count == 1 && seen.tags == [0])
    #expect(
      seen.exports.map(\.name) == [
        "apus:memory 0", "apus:memory 1", "apus:table 0", "apus:global 0", "apus:global 1",
        "apus:global 2",
      ])
  }

  @Test func vectorsCrossTheBorderInHalves() throws {
    var module = EditableModule()
    let type = FunctionType(parameters: [.v128, .f32], results: [.i32, .v128])
    module.types = [type]
    module.imports = [Import(module: "env", name: "x", kind: .function(type: 0), offset: 0)]
    let body: [CodeInstruction] = [
      .init(.localGet, .index(0)), .init(.localGet, .index(1)), .init(.call, .index(0)),
      .init(.end),
    ]
    module.functions = [.init(type: 0, body: body)]
    module.globals = [
      Global(
        type: GlobalType(value: .v128, isMutable: true),
        value: ConstantExpression(.v128(low: 1, high: 2), offset: 0))
    ]
    module.exports = [
      Export(name: "own", kind: .function, index: 1),
      Export(name: "theirs", kind: .function, index: 0),
    ]
    let seen = try observed(module)
    let halved = FunctionType(parameters: [.i64, .i64, .f32], results: [.i32, .i64, .i64])
    func outer(_ export: Export) -> FunctionType {
      seen.types[Int(seen.functions[Int(export.index) - 1].type)]
    }
    #expect(seen.exports.map(\.name) == ["own", "theirs", "apus:vector 0", "apus:global 0"])
    #expect(seen.exports.prefix(2).allSatisfy { outer($0) == halved })
    #expect(outer(seen.exports[2]) == FunctionType(results: [.i64, .i64]))
    guard case .function(let index) = seen.imports[0].kind else { return #expect(Bool(false)) }
    #expect(seen.types[Int(index)] == halved)
    // The function that was there calls what stands before the import, which alone calls that.
    #expect(seen.functions[0].body[2] != .init(.call, .index(0)))
    #expect(seen.functions.count { $0.body.contains(.init(.call, .index(0))) } == 1)
  }

  @Test func nothingIsWrittenAgainThatIsPlain() {
    let bytes = EditableModule().encoded()
    #expect(bytes.withUnsafeBytes { Observed.module($0) } == nil)
  }

  @Test func aClosedModuleExportsFunctionsAndGlobals() throws {
    var module = EditableModule()
    let type = module.typeIndex(FunctionType())
    _ = module.define(FunctionType(), locals: [], [CodeInstruction(.end)])
    module.memories = [MemoryType(limits: Limits(minimum: 1))]
    module.tables = [TableType(element: .funcref, limits: Limits(minimum: 1))]
    module.tags = [type]
    module.globals = [
      Global(
        type: GlobalType(value: .i32, isMutable: true),
        value: ConstantExpression(.i32(0), offset: 0))
    ]
    for kind in [Export.Kind.memory, .function, .table, .global, .tag] {
      module.exports.append(Export(name: "\(kind)", kind: kind, index: 0))
    }
    let closed = try #require(module.encoded().withUnsafeBytes { Observed.closed($0) })
    let left = try closed.withUnsafeBytes { try EditableModule(decoding: $0) }
    #expect(left.exports.map(\.kind) == [.function, .global])
    #expect(closed.withUnsafeBytes { Observed.closed($0) } == nil)
  }
}
