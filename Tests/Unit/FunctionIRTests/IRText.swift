import FunctionIR
import Testing
import WasmModel
import WasmParser
import WasmValidator

/// How the IR of a test is built.
enum Strategy { case guarded, checked }

/// The instructions that the tests use, as bytes.
enum Code {
  /// In LEB128.
  static func number(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + number(value >> 7)
  }
  static func get(_ local: UInt8) -> [UInt8] { [0x20, local] }
  static func set(_ local: UInt8) -> [UInt8] { [0x21, local] }
  static func constant(_ value: UInt8) -> [UInt8] { [0x41, value] }
  /// Any constant, in signed LEB128.
  static func constant(wide value: Int32) -> [UInt8] {
    var bytes: [UInt8] = [0x41]
    var rest = value
    while rest < -64 || rest > 63 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest & 0x7f)]
  }
  static func load(_ offset: UInt8 = 0) -> [UInt8] { [0x28, 2, offset] }
  static func loadByte(_ offset: UInt8 = 0) -> [UInt8] { [0x2d, 0, offset] }
  static func store(_ offset: UInt8 = 0) -> [UInt8] { [0x36, 2, offset] }
  static func call(_ function: UInt8) -> [UInt8] { [0x10, function] }
  static func branch(_ depth: UInt8) -> [UInt8] { [0x0c, depth] }
  static func branchIf(_ depth: UInt8) -> [UInt8] { [0x0d, depth] }
  static func branchTable(_ depths: [UInt8], default other: UInt8) -> [UInt8] {
    [0x0e, UInt8(depths.count)] + depths + [other]
  }
  static let block: [UInt8] = [0x02, 0x40]
  static let blockWithValue: [UInt8] = [0x02, 0x7f]
  static let loop: [UInt8] = [0x03, 0x40]
  static let `if`: [UInt8] = [0x04, 0x40]
  static let `else`: [UInt8] = [0x05]
  static let end: [UInt8] = [0x0b]
  static let `return`: [UInt8] = [0x0f]
  static let drop: [UInt8] = [0x1a]
  static let select: [UInt8] = [0x1b]
  static let eqz: [UInt8] = [0x45]
  static let countLeadingZeros: [UInt8] = [0x67]
  static let eq: [UInt8] = [0x46]
  static let lessUnsigned: [UInt8] = [0x49]
  static let add: [UInt8] = [0x6a]
  static let divideUnsigned: [UInt8] = [0x6e]
  static let and: [UInt8] = [0x71]
}

/// The IR, as `IRPrinter` prints it, of a function (l0, l1: i32) -> i32 with the further
/// local l2, in a module with a memory of one page, the imported function 0 and the function
/// 1, both (i32) -> i32. The first line, which names the function, is left out.
///
/// `locals`, `memory`: the bytes of the locals and of the memory's limits, where they are others.
func ir(
  _ code: [[UInt8]], _ strategy: Strategy = .guarded, locals: [UInt8] = [1, 1, 0x7f],
  skipping: Set<Pass> = [],
  upTo pass: Pass = .loads, memory: [UInt8] = [0, 1], fuel: FuelCosts? = nil,
  isInterruptible: Bool = false
) throws -> [String] {
  func section(_ id: UInt8, _ content: [UInt8]) -> [UInt8] {
    [id] + Code.number(content.count) + content
  }
  let body: [UInt8] = locals + code.joined() + [0x0b]
  let bytes: [UInt8] =
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    + section(1, [2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7f])
    + section(2, [1, 1, 0x6d, 1, 0x66, 0, 0]) + section(3, [2, 0, 1]) + section(5, [1] + memory)
    + section(10, [2, 4, 0, 0x20, 0, 0x0b] + Code.number(body.count) + body)
  let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
  defer { raw.deallocate() }
  raw.copyBytes(from: bytes)
  let module = try WasmValidator.validateModule(
    try WasmParser.parse(UnsafeRawBufferPointer(raw)), bytes: UnsafeRawBufferPointer(raw))
  let context = BuilderContext(
    module: module.module,
    memories: MemoryPlan.all(module.module, strategy == .checked ? .bounds : .guard),
    folds: !skipping.contains(.fold),
    movesConstants: !skipping.contains(.offsets), fuel: fuel, isInterruptible: isInterruptible)
  var validator = FunctionValidator(module: module)
  var recorded = BodyBuffer()
  var builder = IRBuilder(context: context)
  var passes = PassRunner(context: context, skipped: skipping)
  try validator.validate(1, body: &recorded, recording: true)
  builder.build(recorded.body(ofFunction: 2))
  passes.run(&builder.ir, upTo: pass)
  for k in 0..<builder.ir.statements.count {
    let statement = builder.ir.statements[k]
    #expect(statement.offset > 0, "the byte offset of statement \(k), \(statement.kind)")
  }
  let text = IRPrinter.text(&builder.ir, name: nil)
  return text.split(separator: "\n").dropFirst(2).map { String($0.dropFirst(2)) }
}
