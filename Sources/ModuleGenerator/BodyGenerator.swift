// A function's body, instruction by instruction: what leaves a value of a wanted type on the stack, and
// what leaves it as it is.
//
// Every loop and every function takes fuel from a global, so that each call ends.

import WasmEncoder
import WasmModel

struct BodyGenerator {
  var generator: Generator
  var numbers: Numbers
  let type: FunctionType
  /// Types of the locals, parameters first.
  var locals: [ValueType]
  var code: [CodeInstruction] = []
  /// A label around: what a branch to it takes.
  struct Label {
    var types: [ValueType]
    var isLoop = false
  }
  /// The innermost last.
  var labels: [Label] = []
  /// Locals that hold addresses inside the first memory, mostly.
  private var addressLocals: [UInt32] = []

  init(_ generator: Generator, type: FunctionType) {
    self.generator = generator
    numbers = generator.numbers
    self.type = type
    locals = type.parameters
  }

  /// The function; `index` is that of its type.
  mutating func function(_ index: UInt32) -> EditableModule.Function {
    for _ in 0..<numbers.below(5) { locals.append(anyType()) }
    if numbers.chance(2, in: 3) {
      addressLocals = (0..<numbers.below(2) + 1).map { _ in newLocal(.i32) }
    }
    labels.append(Label(types: type.results))
    takeFuel()
    for local in addressLocals { setAddress(local) }
    if numbers.chance(1, in: 4) { throwNowAndThen() }
    let most = generator.options.size / 2 + numbers.below(generator.options.size)
    while code.count < most { statement(3) }
    if numbers.chance(1, in: 2) { showLocals() }
    values(type.results, 4)
    emit(0x0b)
    addBranchHints()
    return .init(type: index, locals: Array(locals.dropFirst(type.parameters.count)), body: code)
  }

  /// Mixes what locals hold into a global, where all the world sees it.
  private mutating func showLocals() {
    guard let shown = global(.i64, isSet: true) else { return }
    for local in locals.indices.suffix(12) { show(UInt32(local), in: shown) }
  }

  /// Mixes what a local holds into a global of type i64.
  mutating func show(_ local: UInt32, in shown: UInt32) {
    emit(0x23, .index(shown))
    emit(0x42, .number(7))
    emit(0x89)
    get(local)
    switch locals[Int(local)] {
    case .i32: emit(0xac)
    case .i64: break
    case .f32:
      settle(.f32)
      emit(0xbc)
      emit(0xac)
    case .f64:
      settle(.f64)
      emit(0xbd)
    case .v128: emit(0x31d, .lane(1))
    default:
      emit(0xd1)
      emit(0xac)
    }
    emit(0x85)
    emit(0x24, .index(shown))
  }

  // MARK: small things

  /// Whether something comes up that mostly traps: seldom, and in large bodies less often, since after a trap many
  /// engines have nothing left to compare.
  mutating func rarely(in whole: Int) -> Bool {
    numbers.chance(1, in: whole * max(1, generator.options.size / 40))
  }

  func has(_ feature: Feature) -> Bool { generator.options.allows(feature) }
  var module: EditableModule { generator.module }

  mutating func emit(_ opcode: UInt16, _ immediates: Immediates = .none) {
    code.append(CodeInstruction(Opcode(opcode), immediates))
  }

  mutating func emit(_ row: Instruction, _ immediates: Immediates = .none) {
    code.append(CodeInstruction(row.opcode, immediates))
  }

  mutating func i32(_ value: UInt64) { emit(0x41, .number(value & 0xffff_ffff)) }
  /// Of an address's type.
  mutating func number(_ value: UInt64, _ type: ValueType) {
    if type == .i64 { emit(0x42, .number(value)) } else { i32(value) }
  }
  mutating func get(_ local: UInt32) { emit(0x20, .index(local)) }
  mutating func set(_ local: UInt32) { emit(0x21, .index(local)) }
  mutating func tee(_ local: UInt32) { emit(0x22, .index(local)) }
  mutating func end() {
    emit(0x0b)
    labels.removeLast()
  }

  mutating func newLocal(_ type: ValueType) -> UInt32 {
    locals.append(type)
    return UInt32(locals.count - 1)
  }

  mutating func local(_ type: ValueType, isSet: Bool = false) -> UInt32? {
    // What is an address stays one, mostly.
    let keepsAddresses = isSet && !rarely(in: 10)
    let fitting = locals.indices.filter {
      locals[$0] == type && !(keepsAddresses && addressLocals.contains(UInt32($0)))
    }
    return fitting.isEmpty ? nil : UInt32(numbers.pick(fitting))
  }

  mutating func anyType() -> ValueType { numbers.pick(generator.types) }

  /// One that is taken, or a new one.
  mutating func someLocal(_ type: ValueType) -> UInt32 {
    local(type, isSet: true) ?? newLocal(type)
  }

  mutating func open(
    _ opcode: UInt16, _ parameters: [ValueType], _ results: [ValueType], label: [ValueType]
  ) {
    emit(opcode, .block(blockType(parameters, results)))
    labels.append(Label(types: label, isLoop: opcode == 0x03))
  }

  mutating func blockType(_ parameters: [ValueType], _ results: [ValueType]) -> BlockType {
    generator.module.blockType(FunctionType(parameters: parameters, results: results))
  }

  /// Takes fuel, and leaves whether there is none.
  mutating func countFuel() {
    emit(0x23, .index(generator.fuel))
    i32(1)
    emit(0x6b)
    emit(0x24, .index(generator.fuel))
    emit(0x23, .index(generator.fuel))
    i32(0)
    emit(0x4c)
  }

  /// Takes fuel, and returns zeros where there is none.
  mutating func takeFuel() {
    countFuel()
    emit(0x04, .block(.empty))
    if generator.trapsWithoutFuel {
      emit(0x00)
    } else {
      code += type.results.map(\.zero)
      emit(0x0f)
    }
    emit(0x0b)
  }

  /// Right ones and wrong ones.
  private mutating func addBranchHints() {
    guard has(.branchHints) else { return }
    // A copy: with hints and without them, the code is the same.
    var numbers = numbers
    for place in code.indices {
      let special = code[place].row.special
      guard special == .if || special == .brIf, numbers.chance(1, in: 6) else { continue }
      code[place].isLikely = numbers.chance(1, in: 2)
    }
  }

  // MARK: values

  mutating func values(_ types: [ValueType], _ depth: Int) {
    for type in types { value(type, depth) }
  }

  /// Leaves one value of a type.
  mutating func value(_ type: ValueType, _ depth: Int) {
    if depth <= 0 || code.count > generator.options.size * 3 { return leaf(type) }
    switch numbers.below(100) {
    case 0..<10: leaf(type)
    case 10..<55: if !plain(type, depth) { leaf(type) }
    case 55..<72: if !load(type, depth) { leaf(type) }
    case 72..<76: if !atomic(type, depth) { leaf(type) }
    case 76..<79: if !wide(type, depth) { leaf(type) }
    default:
      for _ in 0..<20 where special(numbers.pick(generator.rows.special), type, depth) { return }
      leaf(type)
    }
  }

  mutating func leaf(_ type: ValueType) {
    let chance = numbers.below(10)
    if chance < 5, let local = local(type) { return get(local) }
    if chance < 6, let global = global(type, isSet: false) { return emit(0x23, .index(global)) }
    constant(type)
  }

  private mutating func constant(_ type: ValueType) {
    switch generator.constant(type) {
    case .refNull: emit(0xd0, .type(type))
    case let constant: code.append(constant.asInstruction)
    }
    generator.numbers = Numbers(seed: numbers.next())
  }

  mutating func global(_ type: ValueType, isSet: Bool) -> UInt32? {
    let fitting = generator.globals.indices.filter {
      generator.globals[$0].value == type && $0 != Int(generator.fuel)
        && (!isSet || generator.globals[$0].isMutable)
    }
    return fitting.isEmpty ? nil : UInt32(numbers.pick(fitting))
  }

  mutating func setGlobal(_ index: UInt32, _ depth: Int) {
    let type = generator.globals[Int(index)].value
    value(type, depth)
    if !generator.options.leaksNaNs && (type == .f32 || type == .f64) { settle(type) }
    emit(0x24, .index(index))
  }

  private mutating func plain(_ type: ValueType, _ depth: Int) -> Bool {
    guard let rows = generator.rows.plain[type] else { return false }
    let row = numbers.pick(rows)
    for operand in row.operands {
      // What compilers know of one operand may say something of the other.
      if row.float != nil, operand != .v128, numbers.chance(1, in: 8) {
        constant(operand)
      } else {
        self.operand(operand, of: row, depth - 1)
      }
    }
    // What divides is mostly not zero.
    if row.mayTrap, row.operands.count == 2, !rarely(in: 20) {
      emit(row.operands[1] == .i32 ? 0x41 : 0x42, .number(UInt64(numbers.below(7) + 1)))
      emit(row.operands[1] == .i32 ? 0x72 : 0x84)
    }
    if row.mayTrap, row.operands.count == 1, !rarely(in: 20) {
      keepSmall(row.operands[0])
      if row.name.hasSuffix("_u") { emit(row.operands[0] == .f32 ? 0x8b : 0x99) }
    }
    emit(row, row.kind == .lane ? .lane(UInt8(numbers.below(Int(row.lanes)))) : .none)
    if type == .v128, let lanes = row.openNaNs, !generator.options.leaksNaNs { settleLanes(lanes) }
    return true
  }

  /// A float that mostly fits into an integer.
  private mutating func keepSmall(_ type: ValueType) {
    let copy = newLocal(type)
    tee(copy)
    emit(type == .f32 ? 0x43 : 0x44, .number(0))
    get(copy)
    emit(type == .f32 ? 0x8b : 0x99)
    emit(type == .f32 ? 0x43 : 0x44, .number(type == .f32 ? 0x4e80_0000 : 0x41d0_0000_0000_0000))
    emit(type == .f32 ? 0x5d : 0x63)
    emit(0x1b)
  }

  /// A value for an instruction that may show the bits of a NaN.
  mutating func operand(_ type: ValueType, of row: Instruction, _ depth: Int) {
    guard row.showsNaNs, type == .f32 || type == .f64, !generator.options.leaksNaNs else {
      return value(type, depth)
    }
    if numbers.chance(1, in: 3) { return bits(type, depth) }
    value(type, depth)
    settle(type)
  }

  /// A float whose bits nothing computed.
  private mutating func bits(_ type: ValueType, _ depth: Int) {
    switch numbers.below(3) {
    case 0: emit(type == .f32 ? 0x43 : 0x44, .number(numbers.float(bits: type == .f32 ? 32 : 64)))
    case 1:
      value(type == .f32 ? .i32 : .i64, depth - 1)
      emit(type == .f32 ? 0xbe : 0xbf)
    default:
      address(memory: 0, depth - 1)
      emit(type == .f32 ? 0x2a : 0x2b, .memory(MemoryArgument()))
    }
  }

  /// Makes a NaN on top zero.
  private mutating func settle(_ type: ValueType) {
    let copy = newLocal(type)
    tee(copy)
    emit(type == .f32 ? 0x43 : 0x44, .number(0))
    get(copy)
    get(copy)
    emit(type == .f32 ? 0x5b : 0x61)
    emit(0x1b)
  }

  private mutating func settleLanes(_ lanes: FloatShape) {
    let copy = newLocal(.v128)
    tee(copy)
    get(copy)
    get(copy)
    emit(lanes.lanesEqual)
    emit(0x34e)
    // Whoever reads that local gets no NaN, either.
    tee(copy)
  }

  private mutating func wide(_ type: ValueType, _ depth: Int) -> Bool {
    guard type == .i64, !generator.rows.wide.isEmpty else { return false }
    let row = numbers.pick(generator.rows.wide)
    values(row.operands, depth - 1)
    emit(row)
    if numbers.chance(1, in: 2) { emit(0x1a) } else { emit(0x85) }
    return true
  }

  // MARK: memory

  /// An address in a memory: mostly inside, sometimes at its end, seldom anywhere.
  mutating func address(memory: UInt32, _ depth: Int) {
    let type = generator.memories[Int(memory)]
    let size = Int(min(type.limits.minimum * type.pageSize, 1 << 30))
    switch rarely(in: 120) ? numbers.below(9) : 9 + numbers.below(391) {
    case 0, 1: value(.i32, depth)
    case 2...4: i32(UInt64(max(size - numbers.pick([0, 1, 2, 4, 8, 9, 16, 17, 65536]), 0)))
    case 5...8 where !addressLocals.isEmpty:
      get(numbers.pick(addressLocals))
      i32(UInt64(numbers.pick([1, 4, 8, 65536, 0xffff_fffc, 0xffff_fff0])))
      emit(0x6a)
    case 5...80: i32(UInt64(numbers.below(max(size - 300, 1))))
    case 81...220 where !addressLocals.isEmpty: get(numbers.pick(addressLocals))
    default:
      value(.i32, depth)
      i32(UInt64(numbers.pick([0xff, 0x7ff, 0xf000, 0x1fff])))
      emit(0x71)
    }
    if type.addressType == .i64 {
      emit(0xad)
      if rarely(in: 100) {
        emit(0x42, .number(numbers.pick([1 << 32, 1 << 63, UInt64.max - 15])))
        emit(0x7c)
      }
    }
  }

  /// A local that holds an address inside the first memory, mostly.
  mutating func anyAddress() -> UInt32 {
    if !addressLocals.isEmpty { return numbers.pick(addressLocals) }
    let local = newLocal(.i32)
    setAddress(local)
    addressLocals.append(local)
    return local
  }

  private mutating func setAddress(_ local: UInt32) {
    value(.i32, 2)
    i32(UInt64(rarely(in: 10) ? 0xfff0 : numbers.pick([0xff, 0xfe00, 0x7ff8])))
    emit(0x71)
    set(local)
  }

  mutating func anyMemory(isShared: Bool? = nil) -> UInt32? {
    let fitting = generator.memories.indices.filter {
      isShared == nil || generator.memories[$0].isShared == isShared
    }
    return fitting.isEmpty ? nil : UInt32(numbers.pick(fitting))
  }

  mutating func argument(_ row: Instruction, memory: UInt32, isAligned: Bool = false)
    -> MemoryArgument
  {
    let natural = UInt32(row.width.trailingZeroBitCount)
    var offset = numbers.pick([0, 0, 0, 1, 2, 4, 8, 16, 100, 240])
    if rarely(in: 200) { offset = 0xfff8 }
    if rarely(in: 250) {
      offset = numbers.pick([0xffff_ffff, 0xffff_fff0, 1 << 31])
      if generator.memories[Int(memory)].addressType == .i64, numbers.chance(1, in: 2) {
        offset = 1 << 40
      }
    }
    return MemoryArgument(
      memory: memory, alignment: isAligned ? natural : UInt32(numbers.below(Int(natural) + 1)),
      offset: isAligned ? UInt64(offset) & ~UInt64(row.width - 1) : UInt64(offset))
  }

  private mutating func load(_ type: ValueType, _ depth: Int) -> Bool {
    guard let rows = generator.rows.loads[type], let memory = anyMemory() else { return false }
    let row = numbers.pick(rows)
    address(memory: memory, depth - 1)
    emit(row, .memory(argument(row, memory: memory)))
    return true
  }

  /// Its address is a multiple of its width, mostly.
  private mutating func atomicAddress(_ row: Instruction, memory: UInt32, _ depth: Int) {
    address(memory: memory, depth)
    if rarely(in: 60) { return }
    let isWide = generator.memories[Int(memory)].addressType == .i64
    emit(
      isWide ? 0x42 : 0x41,
      .number(isWide ? ~UInt64(row.width - 1) : UInt64(~UInt32(row.width - 1))))
    emit(isWide ? 0x83 : 0x71)
  }

  private mutating func atomic(_ type: ValueType, _ depth: Int) -> Bool {
    guard let rows = generator.rows.atomics[type] else { return false }
    let row = numbers.pick(rows)
    // Without a shared memory, waiting is a trap.
    guard
      let memory = row.kind == .wait && row.operands.count == 3
        ? anyMemory(isShared: true) : anyMemory()
    else { return false }
    atomicAddress(row, memory: memory, depth - 1)
    for (k, operand) in row.operands.dropFirst().enumerated() {
      // Nobody is there to end a wait.
      if row.kind == .wait && k == 1 { emit(0x42, .number(0)) } else { value(operand, depth - 1) }
    }
    emit(row, .memory(argument(row, memory: memory, isAligned: true)))
    return true
  }

  mutating func atomicStore(_ depth: Int) -> Bool {
    guard !generator.rows.atomicStores.isEmpty, let memory = anyMemory() else { return false }
    let row = numbers.pick(generator.rows.atomicStores)
    atomicAddress(row, memory: memory, depth - 1)
    value(row.operands[1], depth - 1)
    emit(row, .memory(argument(row, memory: memory, isAligned: true)))
    return true
  }

  mutating func store(_ depth: Int) {
    guard let memory = anyMemory() else { return }
    let row = anyStore()
    address(memory: memory, depth - 1)
    operand(row.operands[1], of: row, depth - 1)
    emit(row, .memory(argument(row, memory: memory)))
  }

  mutating func anyLoad(_ type: ValueType) -> Instruction? {
    guard let rows = generator.rows.loads[type], !rows.isEmpty else { return nil }
    return numbers.pick(rows)
  }

  mutating func anyStore() -> Instruction {
    numbers.pick(generator.rows.stores.filter { generator.types.contains($0.operands[1]) })
  }

  /// An access from the address on top, or below the value on top.
  mutating func access(_ row: Instruction, _ memory: Int, offset: Int) {
    emit(row, .memory(MemoryArgument(memory: UInt32(memory), offset: UInt64(offset))))
  }

  // MARK: statements

  /// Leaves the stack as it is.
  mutating func statement(_ depth: Int) {
    switch numbers.below(100) {
    case 0..<16: store(depth)
    case 16..<32:
      let type = anyType()
      value(type, depth)
      set(someLocal(type))
    case 32..<38:
      let type = anyType()
      guard let global = global(type, isSet: true) else { return }
      setGlobal(global, depth)
    case 38..<44:
      let type = anyType()
      value(type, depth)
      emit(0x1a)
    case 44..<47: _ = atomicStore(depth)
    case 47..<50: if let local = addressLocals.first { setAddress(local) }
    case 50..<51: if rarely(in: 2) { trapBesideStores(depth) }
    case 51..<54: countedLoop(depth)
    case 54..<55: accessAcrossGrowth(depth)
    case 55..<56: loopToTheEnd(depth)
    case 56..<57: if depth > 1 { carriedLoop(depth) }
    case 57..<59: if depth > 1 { carriedRounds(depth) }
    case 59..<60: if depth > 1 { carriedBlock(depth) }
    case 60..<63: overtakenReads(depth)
    default:
      for _ in 0..<20 where special(numbers.pick(generator.rows.special), nil, depth) { return }
    }
  }

  /// Stores, and between them what may trap.
  private mutating func trapBesideStores(_ depth: Int) {
    let local = addressLocals.first ?? newLocal(.i32)
    for part in 0..<numbers.below(3) + 2 {
      if part == 1 {
        value(.i32, 1)
        value(.i32, 1)
        emit(numbers.pick([0x6d, 0x6e, 0x6f, 0x70]))
        if numbers.chance(1, in: 2) { emit(0x1a) } else { set(someLocal(.i32)) }
      }
      get(local)
      value(.i32, 1)
      emit(
        0x36, .memory(MemoryArgument(offset: UInt64(numbers.pick([0, 4, 65532, 65536, 131072])))))
      if generator.memories[0].addressType == .i64 {
        // Its address has to be as wide.
        code.removeLast()
        emit(0x1a)
        emit(0x1a)
      }
    }
  }
}
