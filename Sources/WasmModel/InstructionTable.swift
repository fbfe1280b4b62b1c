// The instruction table: every opcode of core 2.0, those of vectors in VectorInstructions.swift, of
// proposals that are supported, and those that are only recognised. Read by the decoder, the validator,
// the IR builder and the emitter.

extension Instruction {
  static let control: [Instruction] = [
    .special(0x00, "unreachable", .unreachable),
    .special(0x01, "nop", .nop),
    .special(0x02, "block", .block),
    .special(0x03, "loop", .loop),
    .special(0x04, "if", .if),
    .special(0x05, "else", .else),
    .special(0x06, "try", .legacyTry, .legacyExceptions),
    .special(0x07, "catch", .legacyCatch, .legacyExceptions),
    .special(0x08, "throw", .throwTag, .exceptions),
    .special(0x09, "rethrow", .legacyRethrow, .legacyExceptions),
    .special(0x0a, "throw_ref", .throwRef, .exceptions),
    .special(0x0b, "end", .end),
    .special(0x0c, "br", .br),
    .special(0x0d, "br_if", .brIf),
    .special(0x0e, "br_table", .brTable),
    .special(0x0f, "return", .return),
    .special(0x10, "call", .call),
    .special(0x11, "call_indirect", .callIndirect),
    .special(0x12, "return_call", .returnCall, .tailCalls),
    .special(0x13, "return_call_indirect", .returnCallIndirect, .tailCalls),
    .special(0x18, "delegate", .legacyDelegate, .legacyExceptions),
    .special(0x19, "catch_all", .legacyCatchAll, .legacyExceptions),
    .special(0x1a, "drop", .drop),
    .special(0x1b, "select", .select),
    .special(0x1c, "select", .selectTyped, .referenceTypes),
    .special(0x1f, "try_table", .tryTable, .exceptions),
  ]

  static let variables: [Instruction] = [
    .special(0x20, "local.get", .localGet),
    .special(0x21, "local.set", .localSet),
    .special(0x22, "local.tee", .localTee),
    .special(0x23, "global.get", .globalGet),
    .special(0x24, "global.set", .globalSet),
    .special(0x25, "table.get", .tableGet, .referenceTypes),
    .special(0x26, "table.set", .tableSet, .referenceTypes),
    .special(0x3f, "memory.size", .memorySize),
    .special(0x40, "memory.grow", .memoryGrow),
    .special(0x41, "i32.const", .i32Const),
    .special(0x42, "i64.const", .i64Const),
    .special(0x43, "f32.const", .f32Const),
    .special(0x44, "f64.const", .f64Const),
    .special(0xd0, "ref.null", .refNull, .referenceTypes),
    .special(0xd1, "ref.is_null", .refIsNull, .referenceTypes),
    .special(0xd2, "ref.func", .refFunc, .referenceTypes),
  ]

  static let memory: [Instruction] = [
    .load(0x28, "i32.load", .i32, 4, "ld32"),
    .load(0x29, "i64.load", .i64, 8, "ld64"),
    .load(0x2a, "f32.load", .f32, 4, "ldf32"),
    .load(0x2b, "f64.load", .f64, 8, "ldf64"),
    .load(0x2c, "i32.load8_s", .i32, 1, "ld32_8s"),
    .unsignedLoad(0x2d, "i32.load8_u", .i32, 1, "ld32_8u"),
    .load(0x2e, "i32.load16_s", .i32, 2, "ld32_16s"),
    .unsignedLoad(0x2f, "i32.load16_u", .i32, 2, "ld32_16u"),
    .load(0x30, "i64.load8_s", .i64, 1, "ld64_8s"),
    .unsignedLoad(0x31, "i64.load8_u", .i64, 1, "ld64_8u"),
    .load(0x32, "i64.load16_s", .i64, 2, "ld64_16s"),
    .unsignedLoad(0x33, "i64.load16_u", .i64, 2, "ld64_16u"),
    .load(0x34, "i64.load32_s", .i64, 4, "ld64_32s"),
    .unsignedLoad(0x35, "i64.load32_u", .i64, 4, "ld64_32u"),
    .store(0x36, "i32.store", .i32, 4, "st32"),
    .store(0x37, "i64.store", .i64, 8, "st64"),
    .store(0x38, "f32.store", .f32, 4, "stf32"),
    .store(0x39, "f64.store", .f64, 8, "stf64"),
    .store(0x3a, "i32.store8", .i32, 1, "st8"),
    .store(0x3b, "i32.store16", .i32, 2, "st16"),
    .store(0x3c, "i64.store8", .i64, 1, "st8"),
    .store(0x3d, "i64.store16", .i64, 2, "st16"),
    .store(0x3e, "i64.store32", .i64, 4, "st32"),
  ]

  static let comparisons: [Instruction] = [
    .test(0x45, "i32.eqz", .i32, "!$0", .eqz),
    .compare(0x46, "i32.eq", .i32, "$0 == $1", .eq),
    .compare(0x47, "i32.ne", .i32, "$0 != $1", .ne),
    .compare(0x48, "i32.lt_s", .i32, "(i32)$0 < (i32)$1", .ltS),
    .compare(0x49, "i32.lt_u", .i32, "$0 < $1", .ltU),
    .compare(0x4a, "i32.gt_s", .i32, "(i32)$0 > (i32)$1", .gtS),
    .compare(0x4b, "i32.gt_u", .i32, "$0 > $1", .gtU),
    .compare(0x4c, "i32.le_s", .i32, "(i32)$0 <= (i32)$1", .leS),
    .compare(0x4d, "i32.le_u", .i32, "$0 <= $1", .leU),
    .compare(0x4e, "i32.ge_s", .i32, "(i32)$0 >= (i32)$1", .geS),
    .compare(0x4f, "i32.ge_u", .i32, "$0 >= $1", .geU),
    .test(0x50, "i64.eqz", .i64, "!$0", .eqz),
    .compare(0x51, "i64.eq", .i64, "$0 == $1", .eq),
    .compare(0x52, "i64.ne", .i64, "$0 != $1", .ne),
    .compare(0x53, "i64.lt_s", .i64, "(i64)$0 < (i64)$1", .ltS),
    .compare(0x54, "i64.lt_u", .i64, "$0 < $1", .ltU),
    .compare(0x55, "i64.gt_s", .i64, "(i64)$0 > (i64)$1", .gtS),
    .compare(0x56, "i64.gt_u", .i64, "$0 > $1", .gtU),
    .compare(0x57, "i64.le_s", .i64, "(i64)$0 <= (i64)$1", .leS),
    .compare(0x58, "i64.le_u", .i64, "$0 <= $1", .leU),
    .compare(0x59, "i64.ge_s", .i64, "(i64)$0 >= (i64)$1", .geS),
    .compare(0x5a, "i64.ge_u", .i64, "$0 >= $1", .geU),
    .compare(0x5b, "f32.eq", .f32, "$0 == $1"),
    .compare(0x5c, "f32.ne", .f32, "$0 != $1"),
    .compare(0x5d, "f32.lt", .f32, "$0 < $1", float: .lt),
    .compare(0x5e, "f32.gt", .f32, "$0 > $1", float: .gt),
    .compare(0x5f, "f32.le", .f32, "$0 <= $1"),
    .compare(0x60, "f32.ge", .f32, "$0 >= $1"),
    .compare(0x61, "f64.eq", .f64, "$0 == $1"),
    .compare(0x62, "f64.ne", .f64, "$0 != $1"),
    .compare(0x63, "f64.lt", .f64, "$0 < $1", float: .lt),
    .compare(0x64, "f64.gt", .f64, "$0 > $1", float: .gt),
    .compare(0x65, "f64.le", .f64, "$0 <= $1"),
    .compare(0x66, "f64.ge", .f64, "$0 >= $1"),
  ]

  static let integers: [Instruction] = [
    .unary(0x67, "i32.clz", .i32, .i32, "clz32(%0)").keeping(0),
    .unary(0x68, "i32.ctz", .i32, .i32, "ctz32(%0)").keeping(0),
    .unary(0x69, "i32.popcnt", .i32, .i32, "popcnt32(%0)").keeping(0),
    .binary(0x6a, "i32.add", .i32, "$0 + $1", .add),
    .binary(0x6b, "i32.sub", .i32, "$0 - $1", .sub),
    .binary(0x6c, "i32.mul", .i32, "$0 * $1", .mul),
    .division(0x6d, "i32.div_s", .i32, "div32s(%0, %1, @)").keeping(0),
    .division(0x6e, "i32.div_u", .i32, "div32u(%0, %1, @)").keeping(0),
    .division(0x6f, "i32.rem_s", .i32, "rem32s(%0, %1, @)").keeping(0),
    .division(0x70, "i32.rem_u", .i32, "rem32u(%0, %1, @)").keeping(0),
    .binary(0x71, "i32.and", .i32, "$0 & $1", .and),
    .binary(0x72, "i32.or", .i32, "$0 | $1", .or),
    .binary(0x73, "i32.xor", .i32, "$0 ^ $1", .xor),
    .binary(0x74, "i32.shl", .i32, "$0 << ($1 & 31)", .shl),
    .binary(0x75, "i32.shr_s", .i32, "(u32)((i32)$0 >> ($1 & 31))", .shrS),
    .binary(0x76, "i32.shr_u", .i32, "$0 >> ($1 & 31)", .shrU),
    .binary(0x77, "i32.rotl", .i32, "rotl32(%0, %1)", .rotl),
    .binary(0x78, "i32.rotr", .i32, "rotr32(%0, %1)", .rotr),
    .unary(0x79, "i64.clz", .i64, .i64, "clz64(%0)").keeping(0),
    .unary(0x7a, "i64.ctz", .i64, .i64, "ctz64(%0)").keeping(0),
    .unary(0x7b, "i64.popcnt", .i64, .i64, "popcnt64(%0)").keeping(0),
    .binary(0x7c, "i64.add", .i64, "$0 + $1", .add),
    .binary(0x7d, "i64.sub", .i64, "$0 - $1", .sub),
    .binary(0x7e, "i64.mul", .i64, "$0 * $1", .mul),
    .division(0x7f, "i64.div_s", .i64, "div64s(%0, %1, @)").keeping(0),
    .division(0x80, "i64.div_u", .i64, "div64u(%0, %1, @)").keeping(0),
    .division(0x81, "i64.rem_s", .i64, "rem64s(%0, %1, @)").keeping(0),
    .division(0x82, "i64.rem_u", .i64, "rem64u(%0, %1, @)").keeping(0),
    .binary(0x83, "i64.and", .i64, "$0 & $1", .and),
    .binary(0x84, "i64.or", .i64, "$0 | $1", .or),
    .binary(0x85, "i64.xor", .i64, "$0 ^ $1", .xor),
    .binary(0x86, "i64.shl", .i64, "$0 << ($1 & 63)", .shl),
    .binary(0x87, "i64.shr_s", .i64, "(u64)((i64)$0 >> ($1 & 63))", .shrS),
    .binary(0x88, "i64.shr_u", .i64, "$0 >> ($1 & 63)", .shrU),
    .binary(0x89, "i64.rotl", .i64, "rotl64(%0, %1)", .rotl),
    .binary(0x8a, "i64.rotr", .i64, "rotr64(%0, %1)", .rotr),
  ]

  static let floats: [Instruction] = [
    .unary(0x8b, "f32.abs", .f32, .f32, "__builtin_fabsf(%0)"),
    .unary(0x8c, "f32.neg", .f32, .f32, "-$0"),
    .unary(0x8d, "f32.ceil", .f32, .f32, "ceil32(%0)"),
    .unary(0x8e, "f32.floor", .f32, .f32, "floor32(%0)"),
    .unary(0x8f, "f32.trunc", .f32, .f32, "trunc32(%0)"),
    .unary(0x90, "f32.nearest", .f32, .f32, "nearest32(%0)"),
    .unary(0x91, "f32.sqrt", .f32, .f32, "sqrt32(%0)"),
    .binary(0x92, "f32.add", .f32, "$0 + $1", float: .add),
    .binary(0x93, "f32.sub", .f32, "$0 - $1", float: .sub),
    .binary(0x94, "f32.mul", .f32, "$0 * $1", float: .mul),
    .binary(0x95, "f32.div", .f32, "$0 / $1", float: .div),
    .binary(0x96, "f32.min", .f32, "min32(%0, %1)"),
    .binary(0x97, "f32.max", .f32, "max32(%0, %1)"),
    .binary(0x98, "f32.copysign", .f32, "__builtin_copysignf(%0, %1)"),
    .unary(0x99, "f64.abs", .f64, .f64, "__builtin_fabs(%0)"),
    .unary(0x9a, "f64.neg", .f64, .f64, "-$0"),
    .unary(0x9b, "f64.ceil", .f64, .f64, "ceil64(%0)"),
    .unary(0x9c, "f64.floor", .f64, .f64, "floor64(%0)"),
    .unary(0x9d, "f64.trunc", .f64, .f64, "trunc64(%0)"),
    .unary(0x9e, "f64.nearest", .f64, .f64, "nearest64(%0)"),
    .unary(0x9f, "f64.sqrt", .f64, .f64, "sqrt64(%0)"),
    .binary(0xa0, "f64.add", .f64, "$0 + $1", float: .add),
    .binary(0xa1, "f64.sub", .f64, "$0 - $1", float: .sub),
    .binary(0xa2, "f64.mul", .f64, "$0 * $1", float: .mul),
    .binary(0xa3, "f64.div", .f64, "$0 / $1", float: .div),
    .binary(0xa4, "f64.min", .f64, "min64(%0, %1)"),
    .binary(0xa5, "f64.max", .f64, "max64(%0, %1)"),
    .binary(0xa6, "f64.copysign", .f64, "__builtin_copysign(%0, %1)"),
  ]

  static let conversions: [Instruction] = [
    .unary(0xa7, "i32.wrap_i64", .i64, .i32, "(u32)$0").keeping(4),
    .trapping(0xa8, "i32.trunc_f32_s", .f32, .i32, "i32_trunc_f32_s(%0, @)"),
    .trapping(0xa9, "i32.trunc_f32_u", .f32, .i32, "i32_trunc_f32_u(%0, @)"),
    .trapping(0xaa, "i32.trunc_f64_s", .f64, .i32, "i32_trunc_f64_s(%0, @)"),
    .trapping(0xab, "i32.trunc_f64_u", .f64, .i32, "i32_trunc_f64_u(%0, @)"),
    .unary(0xac, "i64.extend_i32_s", .i32, .i64, "(u64)(i32)$0"),
    .unary(0xad, "i64.extend_i32_u", .i32, .i64, "(u64)$0").upTo(bits: 32),
    .trapping(0xae, "i64.trunc_f32_s", .f32, .i64, "i64_trunc_f32_s(%0, @)"),
    .trapping(0xaf, "i64.trunc_f32_u", .f32, .i64, "i64_trunc_f32_u(%0, @)"),
    .trapping(0xb0, "i64.trunc_f64_s", .f64, .i64, "i64_trunc_f64_s(%0, @)"),
    .trapping(0xb1, "i64.trunc_f64_u", .f64, .i64, "i64_trunc_f64_u(%0, @)"),
    .unary(0xb2, "f32.convert_i32_s", .i32, .f32, "(f32)(i32)$0"),
    .unary(0xb3, "f32.convert_i32_u", .i32, .f32, "(f32)$0"),
    .unary(0xb4, "f32.convert_i64_s", .i64, .f32, "(f32)(i64)$0"),
    .unary(0xb5, "f32.convert_i64_u", .i64, .f32, "(f32)$0"),
    .unary(0xb6, "f32.demote_f64", .f64, .f32, "demote(%0)"),
    .unary(0xb7, "f64.convert_i32_s", .i32, .f64, "(f64)(i32)$0"),
    .unary(0xb8, "f64.convert_i32_u", .i32, .f64, "(f64)$0"),
    .unary(0xb9, "f64.convert_i64_s", .i64, .f64, "(f64)(i64)$0"),
    .unary(0xba, "f64.convert_i64_u", .i64, .f64, "(f64)$0"),
    .unary(0xbb, "f64.promote_f32", .f32, .f64, "promote(%0)"),
    .unary(0xbc, "i32.reinterpret_f32", .f32, .i32, "bits_f32(%0)"),
    .unary(0xbd, "i64.reinterpret_f64", .f64, .i64, "bits_f64(%0)"),
    .unary(0xbe, "f32.reinterpret_i32", .i32, .f32, "f32_bits(%0)"),
    .unary(0xbf, "f64.reinterpret_i64", .i64, .f64, "f64_bits(%0)"),
    .unary(0xc0, "i32.extend8_s", .i32, .i32, "i32_extend8(%0)", .signExtension).keeping(1),
    .unary(0xc1, "i32.extend16_s", .i32, .i32, "i32_extend16(%0)", .signExtension).keeping(2),
    .unary(0xc2, "i64.extend8_s", .i64, .i64, "i64_extend8(%0)", .signExtension).keeping(1),
    .unary(0xc3, "i64.extend16_s", .i64, .i64, "i64_extend16(%0)", .signExtension).keeping(2),
    .unary(0xc4, "i64.extend32_s", .i64, .i64, "i64_extend32(%0)", .signExtension).keeping(4),
  ]

  private static let fc = Prefix.fc.first

  static let prefixed: [Instruction] = [
    .unary(
      fc + 0x00, "i32.trunc_sat_f32_s", .f32, .i32, "i32_sat_f32_s(%0)", .saturatingConversions),
    .unary(
      fc + 0x01, "i32.trunc_sat_f32_u", .f32, .i32, "i32_sat_f32_u(%0)", .saturatingConversions),
    .unary(
      fc + 0x02, "i32.trunc_sat_f64_s", .f64, .i32, "i32_sat_f64_s(%0)", .saturatingConversions),
    .unary(
      fc + 0x03, "i32.trunc_sat_f64_u", .f64, .i32, "i32_sat_f64_u(%0)", .saturatingConversions),
    .unary(
      fc + 0x04, "i64.trunc_sat_f32_s", .f32, .i64, "i64_sat_f32_s(%0)", .saturatingConversions),
    .unary(
      fc + 0x05, "i64.trunc_sat_f32_u", .f32, .i64, "i64_sat_f32_u(%0)", .saturatingConversions),
    .unary(
      fc + 0x06, "i64.trunc_sat_f64_s", .f64, .i64, "i64_sat_f64_s(%0)", .saturatingConversions),
    .unary(
      fc + 0x07, "i64.trunc_sat_f64_u", .f64, .i64, "i64_sat_f64_u(%0)", .saturatingConversions),
    .special(fc + 0x08, "memory.init", .memoryInit, .bulkMemory),
    .special(fc + 0x09, "data.drop", .dataDrop, .bulkMemory),
    .special(fc + 0x0a, "memory.copy", .memoryCopy, .bulkMemory),
    .special(fc + 0x0b, "memory.fill", .memoryFill, .bulkMemory),
    .special(fc + 0x0c, "table.init", .tableInit, .bulkMemory),
    .special(fc + 0x0d, "elem.drop", .elemDrop, .bulkMemory),
    .special(fc + 0x0e, "table.copy", .tableCopy, .bulkMemory),
    .special(fc + 0x0f, "table.grow", .tableGrow, .referenceTypes),
    .special(fc + 0x10, "table.size", .tableSize, .referenceTypes),
    .special(fc + 0x11, "table.fill", .tableFill, .referenceTypes),
    .wide(fc + 0x13, "i64.add128", operands: 4, .add, "add128_high(%0, %1, %2, %3)"),
    .wide(fc + 0x14, "i64.sub128", operands: 4, .sub, "sub128_high(%0, %1, %2, %3)"),
    .wide(fc + 0x15, "i64.mul_wide_s", operands: 2, .mul, "mul_high_s(%0, %1)"),
    .wide(fc + 0x16, "i64.mul_wide_u", operands: 2, .mul, "mul_high_u(%0, %1)"),
  ]

  /// Instructions of proposals that are recognised only; see also `Prefix.feature`.
  static let recognised: [Instruction] = [
    .unsupported(0x14, "call_ref", .functionReferences),
    .unsupported(0x15, "return_call_ref", .functionReferences),
    .unsupported(0xd3, "ref.eq", .garbageCollection),
    .unsupported(0xd4, "ref.as_non_null", .functionReferences),
    .unsupported(0xd5, "br_on_null", .functionReferences),
    .unsupported(0xd6, "br_on_non_null", .functionReferences),
    .unsupported(0xe0, "cont.new", .stackSwitching),
    .unsupported(0xe1, "cont.bind", .stackSwitching),
    .unsupported(0xe2, "suspend", .stackSwitching),
    .unsupported(0xe3, "resume", .stackSwitching),
    .unsupported(0xe4, "resume_throw", .stackSwitching),
    .unsupported(0xe5, "resume_throw_ref", .stackSwitching),
    .unsupported(0xe6, "switch", .stackSwitching),
  ]

  /// Every row.
  package static let all: [Instruction] =
    control + variables + memory + comparisons + integers + floats + conversions + prefixed
    + vectors + relaxedVectors + atomics + recognised
}

/// What the hot loops need of a row: a few bytes, no Strings.
@frozen @usableFromInline
package struct InstructionFacts: BitwiseCopyable, Sendable {
  @usableFromInline package var kind: InstructionKind = .illegal
  @usableFromInline package var special: Special = .nop
  /// 0 to 4, for kinds other than special.
  @usableFromInline package var operandCount: UInt8 = 0
  /// 0 to 2, for kinds other than special.
  @usableFromInline package var resultCount: UInt8 = 0
  /// `bottom` where there is none, as below.
  @usableFromInline package var operand0: ValueType = .bottom
  @usableFromInline package var operand1: ValueType = .bottom
  @usableFromInline package var operand2: ValueType = .bottom
  @usableFromInline package var operand3: ValueType = .bottom
  @usableFromInline package var result0: ValueType = .bottom
  @usableFromInline package var result1: ValueType = .bottom
  /// Bytes touched by a load or store.
  @usableFromInline package var width: UInt8 = 0
  @usableFromInline package var mayTrap = false
  @usableFromInline package var isBoolean = false
  package var kept: UInt8 = InstructionFacts.allBytes
  /// Where all of the result is wanted, all of the operands is, whatever they are.
  package var keepsAll = false
  package var integer: IntegerOperator? = nil
  package var float: FloatOperator? = nil
  package var lowHalf: IntegerOperator? = nil
  /// Bits that may be set in the result; 0 where that may be all.
  package var bits: UInt8 = 0
  /// Whether the result is known where both operands are the same value.
  package var cancels = false
  package var isPartial = false
  @usableFromInline package var lanes: UInt8 = 0

  /// In `kept`: all bytes.
  @inlinable @inline(__always) package static var allBytes: UInt8 { 16 }

  init() {}

  init(_ row: Instruction) {
    func type(_ types: [ValueType], _ index: Int) -> ValueType {
      index < types.count ? types[index] : .bottom
    }
    kind = row.kind
    special = row.special
    operandCount = UInt8(row.operands.count)
    resultCount = UInt8(row.results.count)
    operand0 = type(row.operands, 0)
    operand1 = type(row.operands, 1)
    operand2 = type(row.operands, 2)
    operand3 = type(row.operands, 3)
    result0 = type(row.results, 0)
    result1 = type(row.results, 1)
    width = row.width
    mayTrap = row.mayTrap
    isBoolean = row.isBoolean
    kept = row.kept
    integer = row.integer
    float = row.float
    lowHalf = row.lowHalf
    bits = row.bits
    cancels = row.integer?.cancels ?? row.float?.cancels ?? row.cancels
    isPartial = row.isPartial
    lanes = row.lanes
    keepsAll =
      switch row.integer {
      case nil: row.kept == InstructionFacts.allBytes && !row.isPartial
      case .add, .sub, .xor, .eqz: true
      default: false
      }
  }
}

/// The table in its flat form, by raw opcode. Take the pointer once, outside hot loops.
package enum InstructionTable {
  /// Raw opcodes are below this: those of the last prefix's page end here.
  package static let count = Int(Prefix.fe.first + Prefix.fe.count)

  /// Facts by raw opcode; lives for ever. Safe to share: written once, before first use.
  package nonisolated(unsafe) static let facts: UnsafePointer<InstructionFacts> = {
    let table = UnsafeMutablePointer<InstructionFacts>.allocate(capacity: count)
    table.initialize(repeating: InstructionFacts(), count: count)
    for prefix in Prefix.allCases {
      for number in 0..<prefix.count where prefix.feature(of: UInt32(number)) != nil {
        table[Int(prefix.first + number)].kind = .unsupported
      }
    }
    for row in Instruction.all { table[Int(row.opcode.rawValue)] = InstructionFacts(row) }
    return UnsafePointer(table)
  }()

  /// Rows by raw opcode, for people: names, features, templates.
  package static let rows: [Instruction?] = {
    var rows = [Instruction?](repeating: nil, count: count)
    for row in Instruction.all { rows[Int(row.opcode.rawValue)] = row }
    return rows
  }()

  /// The opcode of an integer operator on operands of a type.
  package static func opcode(of integer: IntegerOperator, _ type: ValueType) -> Opcode? {
    integerOpcodes[Int(integer.rawValue) * 2 + (type == .i64 ? 1 : 0)]
  }

  private static let integerOpcodes: [Opcode?] = {
    var opcodes = [Opcode?](repeating: nil, count: IntegerOperator.allCases.count * 2)
    for row in Instruction.all {
      guard let integer = row.integer else { continue }
      opcodes[Int(integer.rawValue) * 2 + (row.operands[0] == .i64 ? 1 : 0)] = row.opcode
    }
    return opcodes
  }()

  /// The proposal that an opcode belongs to.
  package static func feature(of opcode: Opcode) -> Feature {
    if let row = rows[Int(opcode.rawValue)] { return row.feature }
    for prefix in Prefix.allCases.reversed() where opcode.rawValue >= prefix.first {
      return prefix.feature(of: UInt32(opcode.rawValue - prefix.first)) ?? .core
    }
    return .core
  }
}
