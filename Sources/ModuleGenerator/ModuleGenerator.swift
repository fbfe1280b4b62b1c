// A module of random parts, valid, and such that each call of it ends.

import WasmEncoder
import WasmModel

/// Makes modules. The same seed and options give the same bytes everywhere.
public enum ModuleGenerator {
  /// A module in the binary format.
  public static func module(seed: UInt64, options: GeneratorOptions = GeneratorOptions()) -> [UInt8]
  {
    var generator = Generator(seed: seed, options: options)
    return generator.make().encoded()
  }

  /// Modules each of which imports from the one before, under the name that this has here: functions, and some of its
  /// memories, tables, globals and tags. All of them take the first one's fuel.
  ///
  /// - Parameter count: How many; 1 or more.
  public static func linkedModules(
    seed: UInt64, count: Int, options: GeneratorOptions = GeneratorOptions()
  ) -> [(name: String, bytes: [UInt8])] {
    var modules: [(name: String, bytes: [UInt8])] = []
    var generator: Generator?
    for level in 0..<count {
      var next = Generator(seed: seed, options: options)
      next.place = .init(level: level, isLast: level == count - 1)
      if let generator { next.follow(generator) }
      modules.append((next.place.name, next.make().encoded()))
      generator = next
    }
    return modules
  }
}

/// What bodies may refer to.
struct Generator {
  var numbers: Numbers
  let options: GeneratorOptions
  let rows: Rows
  var module = EditableModule()
  /// Type by function index, imports first, here and below.
  var functionTypes: [FunctionType] = []
  private(set) var globals: [GlobalType] = []
  private(set) var tables: [TableType] = []
  private(set) var memories: [MemoryType] = []
  private(set) var tags: [FunctionType] = []
  /// The functions that the first table holds, from its start on.
  var tableFunctions: [UInt32] = []
  /// The global that counts down.
  var fuel: UInt32 = 0
  /// Whether its end is a trap.
  let trapsWithoutFuel: Bool
  private(set) var types: [ValueType] = [.i32, .i64, .f32, .f64]
  /// Its place among modules that import from one another.
  var place = Place(level: 0, isLast: true)
  /// The one before, where there is one.
  private var before: [Generator] = []

  struct Place {
    var level: Int
    var isLast: Bool
    var name: String { "m\(level)" }
  }

  init(seed: UInt64, options: GeneratorOptions) {
    numbers = Numbers(seed: seed)
    // The first numbers of neighbouring seeds are alike enough to be thrown away.
    _ = numbers.next()
    trapsWithoutFuel = numbers.chance(1, in: 8)
    self.options = options
    rows = Rows(options)
  }

  /// Makes what the next module may import from one that is made.
  mutating func follow(_ generator: Generator) {
    numbers = generator.numbers
    types = generator.types
    before = [generator]
    before[0].before = []
  }

  mutating func has(_ feature: Feature, _ part: Int, in whole: Int) -> Bool {
    let isChosen = numbers.chance(part, in: whole)
    return isChosen && options.allows(feature)
  }

  /// The index of a type, which is added where it is not there.
  mutating func type(upTo parameters: Int, results: Int) -> FunctionType {
    FunctionType(
      parameters: (0..<numbers.below(parameters + 1)).map { _ in anyType() },
      results: (0..<numbers.below(results + 1)).map { _ in anyType() })
  }

  mutating func anyType() -> ValueType { numbers.pick(types) }

  mutating func make() -> EditableModule {
    if before.isEmpty {
      if has(.simd, 1, in: 2) { types.append(.v128) }
      if has(.referenceTypes, 1, in: 3) { types += [.funcref, .externref] }
    }
    declareFunctions()
    declareMemories()
    declareTables()
    declareTags()
    declareGlobals()
    declareSegments()
    for type in functionTypes.dropFirst(importedFunctions) {
      let typeIndex = module.typeIndex(type)
      var body = BodyGenerator(self, type: type)
      module.functions.append(body.function(typeIndex))
      numbers = body.numbers
      // Types that the body wanted.
      module.types = body.generator.module.types
    }
    addStart()
    export()
    return module
  }

  // MARK: declarations

  private var importedFunctions: Int { module.importCount(.function) }

  /// Imports what the module before exports of a kind.
  private mutating func importFromBefore(_ exported: Export.Kind, _ index: Int, _ kind: Import.Kind)
  {
    let entry = before[0].module.exports.first {
      $0.kind == exported && $0.index == UInt32(index)
    }!
    module.imports.append(
      Import(module: before[0].place.name, name: entry.name, kind: kind, offset: 0))
  }

  private mutating func declareFunctions() {
    if let before = before.first {
      for (index, type) in before.functionTypes.enumerated() where numbers.chance(1, in: 2) {
        importFromBefore(.function, index, .function(type: module.typeIndex(type)))
        functionTypes.append(type)
      }
    }
    for number in 0..<numbers.below(3) {
      // Bits of NaNs would reach the host.
      let numbersOnly = types.filter { $0 == .i32 || $0 == .i64 }
      let type = FunctionType(
        parameters: (0..<numbers.below(3)).map { _ in numbers.pick(numbersOnly) },
        results: (0..<numbers.below(2)).map { _ in numbers.pick(numbersOnly) })
      module.imports.append(
        Import(
          module: numbers.pick(["env", "", "host"]),
          name: numbers.pick(Generator.hostileNames) + "\(3 * place.level + number)",
          kind: .function(type: module.typeIndex(type)), offset: 0))
      functionTypes.append(type)
    }
    for _ in 0..<numbers.below(6) + 2 { functionTypes.append(type(upTo: 4, results: 2)) }
  }

  private mutating func declareMemories() {
    if let type = before.first?.memories.first, numbers.chance(3, in: 4) {
      importFromBefore(.memory, 0, .memory(type))
      memories.append(type)
    }
    let count = has(.multiMemory, 1, in: 4) ? 2 : 1
    for index in memories.count..<count {
      let minimum = numbers.chance(1, in: 15) ? 0 : UInt64(numbers.below(2) + 1)
      var type = MemoryType(
        limits: Limits(minimum: minimum, maximum: minimum + UInt64(numbers.below(3))))
      if numbers.chance(1, in: 16) { type.limits.maximum = nil }
      if has(.memory64, 1, in: 5) { type.addressType = .i64 }
      if has(.customPageSizes, 1, in: 12) {
        type.pageSize = 1
        type.limits = Limits(minimum: UInt64(65_000 + numbers.below(5_000)), maximum: 80_000)
      } else if index > 0, has(.threads, 1, in: 2) {
        type.isShared = true
        type.limits.maximum = minimum + 2
      }
      module.memories.append(type)
      memories.append(type)
    }
  }

  private mutating func declareTables() {
    if let before = before.first, numbers.chance(3, in: 4) {
      for (index, type) in before.tables.enumerated() {
        importFromBefore(.table, index, .table(type))
        tables.append(type)
      }
      return
    }
    var table = TableType(element: .funcref, limits: Limits(minimum: UInt64(6 + numbers.below(12))))
    if numbers.chance(1, in: 2) {
      table.limits.maximum = table.limits.minimum + UInt64(numbers.below(4))
    }
    if has(.memory64, 1, in: 8) { table.addressType = .i64 }
    tables.append(table)
    if types.contains(.externref) {
      tables.append(TableType(element: .externref, limits: Limits(minimum: 6, maximum: 9)))
    }
    module.tables = tables
  }

  private mutating func declareTags() {
    for (index, type) in (before.first?.tags ?? []).enumerated() where numbers.chance(3, in: 4) {
      importFromBefore(.tag, index, .tag(type: module.typeIndex(type)))
      tags.append(type)
    }
    guard has(.exceptions, 1, in: 2) else { return }
    for _ in 0..<numbers.below(3) + 1 {
      var type = type(upTo: 3, results: 0)
      type.parameters.removeAll { $0.isReference }
      module.tags.append(module.typeIndex(type))
      tags.append(type)
    }
  }

  private mutating func declareGlobals() {
    if let before = before.first {
      importFromBefore(.global, Int(before.fuel), .global(before.globals[Int(before.fuel)]))
      globals.append(before.globals[Int(before.fuel)])
      for (index, type) in before.globals.enumerated()
      where index != Int(before.fuel) && numbers.chance(1, in: 2) {
        importFromBefore(.global, index, .global(type))
        globals.append(type)
      }
    }
    let known =
      globals.firstIndex(of: GlobalType(value: .i32, isMutable: false)) ?? globals.count + 2
    for type in types {
      for isMutable in [true, true, false] {
        let index = globals.count
        globals.append(GlobalType(value: type, isMutable: isMutable))
        var value = ConstantExpression(constant(type), offset: 0)
        if type == .i32, index > known, has(.extendedConstants, 1, in: 3) {
          value.append(.globalGet(UInt32(known)))
          value.append(.arithmetic(.i32Add))
        }
        module.globals.append(Global(type: globals[index], value: value))
      }
    }
    if !before.isEmpty { return }
    fuel = UInt32(globals.count)
    globals.append(GlobalType(value: .i32, isMutable: true))
    module.globals.append(
      Global(
        type: globals[Int(fuel)], value: ConstantExpression(.i32(Generator.fuelPerCall), offset: 0))
    )
  }

  /// Calls and rounds of loops that one call from outside may lead to.
  static let fuelPerCall: UInt32 = 600

  mutating func constant(_ type: ValueType) -> ConstantInstruction {
    switch type {
    case .i32: .i32(UInt32(truncatingIfNeeded: numbers.edge()))
    case .i64: .i64(numbers.edge())
    case .f32: .f32(UInt32(numbers.float(bits: 32)))
    case .f64: .f64(numbers.float(bits: 64))
    case .v128: .v128(low: numbers.edge(), high: numbers.edge())
    case .funcref where numbers.chance(1, in: 2):
      .refFunc(UInt32(numbers.below(functionTypes.count)))
    default: .refNull(type)
    }
  }

  private func address(_ type: ValueType, _ value: Int) -> ConstantExpression {
    ConstantExpression(type == .i64 ? .i64(UInt64(value)) : .i32(UInt32(value)), offset: 0)
  }

  private mutating func declareSegments() {
    // Most of the table has functions; the rest is null.
    let size = Int(tables[0].limits.minimum)
    tableFunctions = (0..<size - 1).map { _ in UInt32(numbers.below(functionTypes.count)) }
    let elements = tableFunctions.map { ConstantExpression(.refFunc($0), offset: 0) }
    module.elements.append(
      ElementSegment(
        type: .funcref, elements: elements,
        mode: .active(table: 0, offset: address(tables[0].addressType, 0))))
    module.elements.append(
      ElementSegment(
        type: .funcref,
        elements: [ConstantExpression(.refNull(.funcref), offset: 0)] + elements.prefix(2),
        mode: .passive))
    // What `ref.func` may name.
    module.elements.append(
      ElementSegment(
        type: .funcref,
        elements: functionTypes.indices.map { ConstantExpression(.refFunc(UInt32($0)), offset: 0) },
        mode: .declarative))
    if tables.count > 1 {
      module.elements.append(
        ElementSegment(
          type: .externref, elements: [ConstantExpression(.refNull(.externref), offset: 0)],
          mode: .passive))
    }
    for _ in 0..<numbers.below(4) + 1 {
      let bytes = (0..<numbers.below(40)).map { _ in
        UInt8(numbers.chance(1, in: 2) ? 0 : numbers.below(256))
      }
      var mode = DataSegment.Mode.passive
      let memory = numbers.below(memories.count)
      let limits = memories[memory].limits.minimum * memories[memory].pageSize
      if limits >= 64, numbers.chance(2, in: 3) {
        // Some overlap, and some end where the memory does.
        let place = numbers.pick([
          0, 8, 16, numbers.below(Int(limits) - 40), Int(limits) - bytes.count,
        ])
        mode = .active(
          memory: UInt32(memory), offset: address(memories[memory].addressType, place))
      }
      module.data.append(.init(bytes: bytes, mode: mode))
    }
  }

  // MARK: the border

  private mutating func addStart() {
    guard numbers.chance(1, in: 6) else { return }
    let type = FunctionType()
    guard
      let index = functionTypes.indices.dropFirst(importedFunctions).first(where: {
        functionTypes[$0] == type
      })
    else { return }
    module.start = UInt32(index)
  }

  /// Every function behind one that gives it fuel, and all that can be looked at.
  private mutating func export() {
    for index in functionTypes.indices {
      let type = functionTypes[index]
      var code = [
        CodeInstruction(.i32Const, .number(UInt64(Generator.fuelPerCall))),
        CodeInstruction(.globalSet, .index(fuel)),
      ]
      code += type.parameters.indices.map { CodeInstruction(.localGet, .index(UInt32($0))) }
      code += [CodeInstruction(.call, .index(UInt32(index))), CodeInstruction(.end)]
      module.functions.append(.init(type: module.typeIndex(type), body: code))
      export(.function, importedFunctions + module.functions.count - 1, "f\(index)")
    }
    for index in memories.indices { export(.memory, index, "memory\(index)") }
    for index in tables.indices { export(.table, index, "table\(index)") }
    for index in globals.indices where globals[index].isMutable || !place.isLast {
      export(.global, index, "global\(index)")
    }
    for index in tags.indices { export(.tag, index, "tag\(index)") }
    // What takes fuel of who calls it.
    if !place.isLast {
      for index in functionTypes.indices { export(.function, index, "own\(index)") }
    }
    for index in functionTypes.indices where numbers.chance(1, in: 2) {
      while module.functionNames.count <= index { module.functionNames.append("") }
      module.functionNames[index] = numbers.pick(Generator.hostileNames)
    }
  }

  private mutating func export(_ kind: Export.Kind, _ index: Int, _ plainName: String) {
    var name = plainName
    if numbers.chance(1, in: 4) {
      let hostile = numbers.pick(Generator.hostileNames)
      if !module.exports.contains(where: { $0.name == hostile }) { name = hostile }
    }
    module.exports.append(Export(name: name, kind: kind, index: UInt32(index)))
  }

  /// Names that mean something to C, to shells or to whoever escapes them.
  static let hostileNames = [
    "", "int", "main", "NULL", "a b", "a-b", "a_2db", "*/", "\"", "\\", "\u{202e}", "a\0b", "\n",
    "memory", "m", "i", "l0",
    "t0", "w_f", "errno", "memcpy", "_start_", "__builtin_trap", "%s", "$x", "ünïcode", "\u{1f426}",
    "goto",
    "instantiate", "export", "host", "APUS_PAGE", String(repeating: "long", count: 60),
  ]
}
