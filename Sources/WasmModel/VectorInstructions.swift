// The rows of the instruction table for vectors: fd 00 up to fd ff, and the relaxed ones.
//
// None has a template: the C of each is the function of its name in apus_simd.h.

extension Instruction {
  private static let fd = Prefix.fd.first
  private static let one: [ValueType] = [.v128]
  private static let two: [ValueType] = [.v128, .v128]
  private static let three: [ValueType] = [.v128, .v128, .v128]
  private static let shift: [ValueType] = [.v128, .i32]

  /// An instruction on whole vectors. What compilers may know of its value, or leave out of its
  /// operands, is not looked at any closer: so a load in them is sure to happen.
  private static func vector(
    _ number: UInt16, _ name: String, _ operands: [ValueType], _ result: ValueType = .v128
  ) -> Instruction {
    Instruction(
      opcode: Opcode(fd + number), name: name, kind: .plain, operands: operands,
      results: [result], feature: number < 0x100 ? .simd : .relaxedSIMD, kept: 0,
      cancels: operands.count == 2)
  }

  /// One that depends on all of its operands, whatever they are.
  private static func whole(
    _ number: UInt16, _ name: String, _ operands: [ValueType], _ float: FloatOperator? = nil
  ) -> Instruction {
    var instruction = vector(number, name, operands)
    instruction.kept = InstructionFacts.allBytes
    instruction.float = float
    return instruction
  }

  /// One that may depend on some lanes alone.
  private static func partial(_ number: UInt16, _ name: String, _ operands: [ValueType])
    -> Instruction
  {
    var instruction = vector(number, name, operands)
    instruction.isPartial = true
    return instruction
  }

  private static func lane(
    _ number: UInt16, _ name: String, _ lanes: UInt8, _ operands: [ValueType],
    _ result: ValueType = .v128
  ) -> Instruction {
    var instruction = vector(number, name, operands, result)
    instruction.kind = .lane
    instruction.lanes = lanes
    instruction.isPartial = true
    instruction.cancels = false
    return instruction
  }

  /// The access of a part of a vector, by the opcodes that it is made of.
  private static func part(
    _ number: UInt16, _ name: String, _ special: Special, _ width: UInt8, _ access: UInt16,
    _ lanes: UInt16
  ) -> Instruction {
    Instruction(
      opcode: Opcode(fd + number), name: name, kind: .special, feature: .simd, special: special,
      width: width, lanes: 16 / width, parts: (Opcode(access), Opcode(fd + lanes)))
  }

  private static func ofVector(_ row: Instruction) -> Instruction {
    var instruction = row
    instruction.feature = .simd
    return instruction
  }

  private static let shuffle = Instruction(
    opcode: .shuffle, name: "i8x16.shuffle", kind: .special, operands: two, results: one,
    feature: .simd, special: .shuffle, isPartial: true, cancels: true)

  static let vectors: [Instruction] = [
    ofVector(.load(fd + 0x00, "v128.load", .v128, 16, "ld128")),
    part(0x01, "v128.load8x8_s", .vectorLoad, 8, 0x29, 0x87),
    part(0x02, "v128.load8x8_u", .vectorLoad, 8, 0x29, 0x89),
    part(0x03, "v128.load16x4_s", .vectorLoad, 8, 0x29, 0xa7),
    part(0x04, "v128.load16x4_u", .vectorLoad, 8, 0x29, 0xa9),
    part(0x05, "v128.load32x2_s", .vectorLoad, 8, 0x29, 0xc7),
    part(0x06, "v128.load32x2_u", .vectorLoad, 8, 0x29, 0xc9),
    part(0x07, "v128.load8_splat", .vectorLoad, 1, 0x2d, 0x0f),
    part(0x08, "v128.load16_splat", .vectorLoad, 2, 0x2f, 0x10),
    part(0x09, "v128.load32_splat", .vectorLoad, 4, 0x28, 0x11),
    part(0x0a, "v128.load64_splat", .vectorLoad, 8, 0x29, 0x12),
    ofVector(.store(fd + 0x0b, "v128.store", .v128, 16, "st128")),
    .special(fd + 0x0c, "v128.const", .v128Const, .simd),
    shuffle,
    partial(0x0e, "i8x16.swizzle", two),
    whole(0x0f, "i8x16.splat", [.i32]).keeping(1),
    whole(0x10, "i16x8.splat", [.i32]).keeping(2),
    whole(0x11, "i32x4.splat", [.i32]),
    whole(0x12, "i64x2.splat", [.i64]),
    whole(0x13, "f32x4.splat", [.f32]),
    whole(0x14, "f64x2.splat", [.f64]),
    lane(0x15, "i8x16.extract_lane_s", 16, one, .i32),
    lane(0x16, "i8x16.extract_lane_u", 16, one, .i32).upTo(bits: 8),
    lane(0x17, "i8x16.replace_lane", 16, [.v128, .i32]),
    lane(0x18, "i16x8.extract_lane_s", 8, one, .i32),
    lane(0x19, "i16x8.extract_lane_u", 8, one, .i32).upTo(bits: 16),
    lane(0x1a, "i16x8.replace_lane", 8, [.v128, .i32]),
    lane(0x1b, "i32x4.extract_lane", 4, one, .i32),
    lane(0x1c, "i32x4.replace_lane", 4, [.v128, .i32]),
    lane(0x1d, "i64x2.extract_lane", 2, one, .i64),
    lane(0x1e, "i64x2.replace_lane", 2, [.v128, .i64]),
    lane(0x1f, "f32x4.extract_lane", 4, one, .f32),
    lane(0x20, "f32x4.replace_lane", 4, [.v128, .f32]),
    lane(0x21, "f64x2.extract_lane", 2, one, .f64),
    lane(0x22, "f64x2.replace_lane", 2, [.v128, .f64]),
    vector(0x23, "i8x16.eq", two),
    vector(0x24, "i8x16.ne", two),
    vector(0x25, "i8x16.lt_s", two),
    vector(0x26, "i8x16.lt_u", two),
    vector(0x27, "i8x16.gt_s", two),
    vector(0x28, "i8x16.gt_u", two),
    vector(0x29, "i8x16.le_s", two),
    vector(0x2a, "i8x16.le_u", two),
    vector(0x2b, "i8x16.ge_s", two),
    vector(0x2c, "i8x16.ge_u", two),
    vector(0x2d, "i16x8.eq", two),
    vector(0x2e, "i16x8.ne", two),
    vector(0x2f, "i16x8.lt_s", two),
    vector(0x30, "i16x8.lt_u", two),
    vector(0x31, "i16x8.gt_s", two),
    vector(0x32, "i16x8.gt_u", two),
    vector(0x33, "i16x8.le_s", two),
    vector(0x34, "i16x8.le_u", two),
    vector(0x35, "i16x8.ge_s", two),
    vector(0x36, "i16x8.ge_u", two),
    vector(0x37, "i32x4.eq", two),
    vector(0x38, "i32x4.ne", two),
    vector(0x39, "i32x4.lt_s", two),
    vector(0x3a, "i32x4.lt_u", two),
    vector(0x3b, "i32x4.gt_s", two),
    vector(0x3c, "i32x4.gt_u", two),
    vector(0x3d, "i32x4.le_s", two),
    vector(0x3e, "i32x4.le_u", two),
    vector(0x3f, "i32x4.ge_s", two),
    vector(0x40, "i32x4.ge_u", two),
    vector(0x41, "f32x4.eq", two),
    vector(0x42, "f32x4.ne", two),
    vector(0x43, "f32x4.lt", two),
    vector(0x44, "f32x4.gt", two),
    vector(0x45, "f32x4.le", two),
    vector(0x46, "f32x4.ge", two),
    vector(0x47, "f64x2.eq", two),
    vector(0x48, "f64x2.ne", two),
    vector(0x49, "f64x2.lt", two),
    vector(0x4a, "f64x2.gt", two),
    vector(0x4b, "f64x2.le", two),
    vector(0x4c, "f64x2.ge", two),
    whole(0x4d, "v128.not", one),
    vector(0x4e, "v128.and", two),
    vector(0x4f, "v128.andnot", two),
    vector(0x50, "v128.or", two),
    whole(0x51, "v128.xor", two),
    partial(0x52, "v128.bitselect", three),
    vector(0x53, "v128.any_true", one, .i32).upTo(bits: 1),
    part(0x54, "v128.load8_lane", .loadLane, 1, 0x2d, 0x17),
    part(0x55, "v128.load16_lane", .loadLane, 2, 0x2f, 0x1a),
    part(0x56, "v128.load32_lane", .loadLane, 4, 0x28, 0x1c),
    part(0x57, "v128.load64_lane", .loadLane, 8, 0x29, 0x1e),
    part(0x58, "v128.store8_lane", .storeLane, 1, 0x3a, 0x16),
    part(0x59, "v128.store16_lane", .storeLane, 2, 0x3b, 0x19),
    part(0x5a, "v128.store32_lane", .storeLane, 4, 0x36, 0x1b),
    part(0x5b, "v128.store64_lane", .storeLane, 8, 0x37, 0x1d),
    part(0x5c, "v128.load32_zero", .vectorLoad, 4, 0x28, 0x1c),
    part(0x5d, "v128.load64_zero", .vectorLoad, 8, 0x29, 0x1e),
    vector(0x5e, "f32x4.demote_f64x2_zero", one),
    partial(0x5f, "f64x2.promote_low_f32x4", one),
    vector(0x60, "i8x16.abs", one),
    whole(0x61, "i8x16.neg", one),
    vector(0x62, "i8x16.popcnt", one),
    vector(0x63, "i8x16.all_true", one, .i32).upTo(bits: 1),
    vector(0x64, "i8x16.bitmask", one, .i32).upTo(bits: 16),
    vector(0x65, "i8x16.narrow_i16x8_s", two),
    vector(0x66, "i8x16.narrow_i16x8_u", two),
    whole(0x67, "f32x4.ceil", one),
    whole(0x68, "f32x4.floor", one),
    whole(0x69, "f32x4.trunc", one),
    whole(0x6a, "f32x4.nearest", one),
    vector(0x6b, "i8x16.shl", shift),
    vector(0x6c, "i8x16.shr_s", shift),
    vector(0x6d, "i8x16.shr_u", shift),
    whole(0x6e, "i8x16.add", two),
    vector(0x6f, "i8x16.add_sat_s", two),
    vector(0x70, "i8x16.add_sat_u", two),
    whole(0x71, "i8x16.sub", two),
    vector(0x72, "i8x16.sub_sat_s", two),
    vector(0x73, "i8x16.sub_sat_u", two),
    whole(0x74, "f64x2.ceil", one),
    whole(0x75, "f64x2.floor", one),
    vector(0x76, "i8x16.min_s", two),
    vector(0x77, "i8x16.min_u", two),
    vector(0x78, "i8x16.max_s", two),
    vector(0x79, "i8x16.max_u", two),
    whole(0x7a, "f64x2.trunc", one),
    vector(0x7b, "i8x16.avgr_u", two),
    vector(0x7c, "i16x8.extadd_pairwise_i8x16_s", one),
    vector(0x7d, "i16x8.extadd_pairwise_i8x16_u", one),
    vector(0x7e, "i32x4.extadd_pairwise_i16x8_s", one),
    vector(0x7f, "i32x4.extadd_pairwise_i16x8_u", one),
    vector(0x80, "i16x8.abs", one),
    whole(0x81, "i16x8.neg", one),
    vector(0x82, "i16x8.q15mulr_sat_s", two),
    vector(0x83, "i16x8.all_true", one, .i32).upTo(bits: 1),
    vector(0x84, "i16x8.bitmask", one, .i32).upTo(bits: 8),
    vector(0x85, "i16x8.narrow_i32x4_s", two),
    vector(0x86, "i16x8.narrow_i32x4_u", two),
    partial(0x87, "i16x8.extend_low_i8x16_s", one),
    partial(0x88, "i16x8.extend_high_i8x16_s", one),
    partial(0x89, "i16x8.extend_low_i8x16_u", one),
    partial(0x8a, "i16x8.extend_high_i8x16_u", one),
    vector(0x8b, "i16x8.shl", shift),
    vector(0x8c, "i16x8.shr_s", shift),
    vector(0x8d, "i16x8.shr_u", shift),
    whole(0x8e, "i16x8.add", two),
    vector(0x8f, "i16x8.add_sat_s", two),
    vector(0x90, "i16x8.add_sat_u", two),
    whole(0x91, "i16x8.sub", two),
    vector(0x92, "i16x8.sub_sat_s", two),
    vector(0x93, "i16x8.sub_sat_u", two),
    whole(0x94, "f64x2.nearest", one),
    vector(0x95, "i16x8.mul", two),
    vector(0x96, "i16x8.min_s", two),
    vector(0x97, "i16x8.min_u", two),
    vector(0x98, "i16x8.max_s", two),
    vector(0x99, "i16x8.max_u", two),
    vector(0x9b, "i16x8.avgr_u", two),
    partial(0x9c, "i16x8.extmul_low_i8x16_s", two),
    partial(0x9d, "i16x8.extmul_high_i8x16_s", two),
    partial(0x9e, "i16x8.extmul_low_i8x16_u", two),
    partial(0x9f, "i16x8.extmul_high_i8x16_u", two),
    vector(0xa0, "i32x4.abs", one),
    whole(0xa1, "i32x4.neg", one),
    vector(0xa3, "i32x4.all_true", one, .i32).upTo(bits: 1),
    vector(0xa4, "i32x4.bitmask", one, .i32).upTo(bits: 4),
    partial(0xa7, "i32x4.extend_low_i16x8_s", one),
    partial(0xa8, "i32x4.extend_high_i16x8_s", one),
    partial(0xa9, "i32x4.extend_low_i16x8_u", one),
    partial(0xaa, "i32x4.extend_high_i16x8_u", one),
    vector(0xab, "i32x4.shl", shift),
    vector(0xac, "i32x4.shr_s", shift),
    vector(0xad, "i32x4.shr_u", shift),
    whole(0xae, "i32x4.add", two),
    whole(0xb1, "i32x4.sub", two),
    vector(0xb5, "i32x4.mul", two),
    vector(0xb6, "i32x4.min_s", two),
    vector(0xb7, "i32x4.min_u", two),
    vector(0xb8, "i32x4.max_s", two),
    vector(0xb9, "i32x4.max_u", two),
    vector(0xba, "i32x4.dot_i16x8_s", two),
    partial(0xbc, "i32x4.extmul_low_i16x8_s", two),
    partial(0xbd, "i32x4.extmul_high_i16x8_s", two),
    partial(0xbe, "i32x4.extmul_low_i16x8_u", two),
    partial(0xbf, "i32x4.extmul_high_i16x8_u", two),
    vector(0xc0, "i64x2.abs", one),
    whole(0xc1, "i64x2.neg", one),
    vector(0xc3, "i64x2.all_true", one, .i32).upTo(bits: 1),
    vector(0xc4, "i64x2.bitmask", one, .i32).upTo(bits: 2),
    partial(0xc7, "i64x2.extend_low_i32x4_s", one),
    partial(0xc8, "i64x2.extend_high_i32x4_s", one),
    partial(0xc9, "i64x2.extend_low_i32x4_u", one),
    partial(0xca, "i64x2.extend_high_i32x4_u", one),
    vector(0xcb, "i64x2.shl", shift),
    vector(0xcc, "i64x2.shr_s", shift),
    vector(0xcd, "i64x2.shr_u", shift),
    whole(0xce, "i64x2.add", two),
    whole(0xd1, "i64x2.sub", two),
    vector(0xd5, "i64x2.mul", two),
    vector(0xd6, "i64x2.eq", two),
    vector(0xd7, "i64x2.ne", two),
    vector(0xd8, "i64x2.lt_s", two),
    vector(0xd9, "i64x2.gt_s", two),
    vector(0xda, "i64x2.le_s", two),
    vector(0xdb, "i64x2.ge_s", two),
    partial(0xdc, "i64x2.extmul_low_i32x4_s", two),
    partial(0xdd, "i64x2.extmul_high_i32x4_s", two),
    partial(0xde, "i64x2.extmul_low_i32x4_u", two),
    partial(0xdf, "i64x2.extmul_high_i32x4_u", two),
    whole(0xe0, "f32x4.abs", one),
    whole(0xe1, "f32x4.neg", one),
    vector(0xe3, "f32x4.sqrt", one),
    whole(0xe4, "f32x4.add", two, .add),
    whole(0xe5, "f32x4.sub", two, .sub),
    whole(0xe6, "f32x4.mul", two, .mul),
    whole(0xe7, "f32x4.div", two, .div),
    vector(0xe8, "f32x4.min", two),
    vector(0xe9, "f32x4.max", two),
    vector(0xea, "f32x4.pmin", two),
    vector(0xeb, "f32x4.pmax", two),
    whole(0xec, "f64x2.abs", one),
    whole(0xed, "f64x2.neg", one),
    vector(0xef, "f64x2.sqrt", one),
    whole(0xf0, "f64x2.add", two, .add),
    whole(0xf1, "f64x2.sub", two, .sub),
    whole(0xf2, "f64x2.mul", two, .mul),
    whole(0xf3, "f64x2.div", two, .div),
    vector(0xf4, "f64x2.min", two),
    vector(0xf5, "f64x2.max", two),
    vector(0xf6, "f64x2.pmin", two),
    vector(0xf7, "f64x2.pmax", two),
    vector(0xf8, "i32x4.trunc_sat_f32x4_s", one),
    vector(0xf9, "i32x4.trunc_sat_f32x4_u", one),
    vector(0xfa, "f32x4.convert_i32x4_s", one),
    vector(0xfb, "f32x4.convert_i32x4_u", one),
    vector(0xfc, "i32x4.trunc_sat_f64x2_s_zero", one),
    vector(0xfd, "i32x4.trunc_sat_f64x2_u_zero", one),
    partial(0xfe, "f64x2.convert_low_i32x4_s", one),
    partial(0xff, "f64x2.convert_low_i32x4_u", one),
  ]

  static let relaxedVectors: [Instruction] = [
    partial(0x100, "i8x16.relaxed_swizzle", two),
    vector(0x101, "i32x4.relaxed_trunc_f32x4_s", one),
    vector(0x102, "i32x4.relaxed_trunc_f32x4_u", one),
    vector(0x103, "i32x4.relaxed_trunc_f64x2_s_zero", one),
    vector(0x104, "i32x4.relaxed_trunc_f64x2_u_zero", one),
    partial(0x105, "f32x4.relaxed_madd", three),
    partial(0x106, "f32x4.relaxed_nmadd", three),
    partial(0x107, "f64x2.relaxed_madd", three),
    partial(0x108, "f64x2.relaxed_nmadd", three),
    partial(0x109, "i8x16.relaxed_laneselect", three),
    partial(0x10a, "i16x8.relaxed_laneselect", three),
    partial(0x10b, "i32x4.relaxed_laneselect", three),
    partial(0x10c, "i64x2.relaxed_laneselect", three),
    vector(0x10d, "f32x4.relaxed_min", two),
    vector(0x10e, "f32x4.relaxed_max", two),
    vector(0x10f, "f64x2.relaxed_min", two),
    vector(0x110, "f64x2.relaxed_max", two),
    vector(0x111, "i16x8.relaxed_q15mulr_s", two),
    vector(0x112, "i16x8.relaxed_dot_i8x16_i7x16_s", two),
    partial(0x113, "i32x4.relaxed_dot_i8x16_i7x16_add_s", three),
  ]
}
