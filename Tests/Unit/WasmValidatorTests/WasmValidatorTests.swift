import Testing
import WasmModel
import WasmParser
import WasmValidator

private let header: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

private struct Recorded {
  var opcodes: [UInt16] = []
  var operations: [Operation] = []
  var immediates: [UInt32] = []
  var locals: [ValueType] = []
}

/// Validates a whole module; hands back what the last body recorded.
private func validate(
  _ sections: [UInt8], recording: Bool = true
) throws(WasmError) -> Recorded {
  let module = header + sections
  let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: module.count, alignment: 1)
  defer { bytes.deallocate() }
  bytes.copyBytes(from: module)
  let raw = UnsafeRawBufferPointer(bytes)
  let validated = try WasmValidator.validateModule(try WasmParser.parse(raw), bytes: raw)
  var validator = FunctionValidator(module: validated)
  var body = BodyBuffer()
  var recorded = Recorded()
  for index in validated.module.code.indices {
    body.removeAll()
    try validator.validate(index, body: &body, recording: recording)
  }
  for index in 0..<body.operations.count {
    recorded.operations.append(body.operations[index])
    recorded.opcodes.append(body.operations[index].opcode.rawValue)
  }
  for index in 0..<body.immediates.count {
    recorded.immediates.append(body.immediates[index])
  }
  for index in 0..<body.locals.count { recorded.locals.append(body.locals[index]) }
  return recorded
}

private func section(_ id: UInt8, _ content: [UInt8]) -> [UInt8] {
  [id, UInt8(content.count)] + content
}

/// A module with one function `(i32) -> (i32)`, or of another type, and a memory.
private func module(
  _ code: [UInt8], locals: [UInt8] = [0], type: [UInt8] = [1, 0x7f, 1, 0x7f]
) -> [UInt8] {
  let body = locals + code + [0x0b]
  return section(1, [1, 0x60] + type) + section(3, [1, 0]) + section(5, [1, 0, 1])
    + section(10, [1, UInt8(body.count)] + body)
}

private func error(_ sections: [UInt8]) -> WasmError? {
  do throws(WasmError) {
    _ = try validate(sections)
    return nil
  } catch {
    return error
  }
}

private func reason(_ code: [UInt8]) -> Reason? { error(module(code))?.reason }

@Suite struct Bodies {
  @Test func reachableCodeIsRecorded() throws {
    let body = try validate(module([0x20, 0, 0x01, 0x41, 0x7f, 0x6a]))
    #expect(body.opcodes == [0x20, 0x41, 0x6a, 0x0b])
    #expect(body.operations[1].a == 0xffff_ffff)
    #expect(body.operations[3].flags == 0)
    #expect(body.locals == [.i32])
  }

  @Test func nothingIsRecordedUnlessAsked() throws {
    let body = try validate(module([0x20, 0]), recording: false)
    #expect(body.operations.isEmpty)
    #expect(body.locals == [.i32])
  }

  @Test func localsFollowParameters() throws {
    let body = try validate(module([0x20, 0], locals: [2, 2, 0x7e, 1, 0x7d]))
    #expect(body.locals == [.i32, .i64, .i64, .f32])
  }

  @Test func unreachableCodeIsLeftOut() throws {
    // return; block; nop; i32.const 0; drop; end
    let body = try validate(
      module([0x20, 0, 0x0f, 0x02, 0x40, 0x01, 0x41, 0, 0x1a, 0x0b]))
    #expect(body.opcodes == [0x20, 0x0f, 0x0b])
    #expect(body.operations[2].flags == 1)
  }

  @Test func elseAndEndOfRecordedBlocksAreKept() throws {
    // local.get 0; if (result i32) unreachable; else; i32.const 1; br 0; end
    let body = try validate(
      module([0x20, 0, 0x04, 0x7f, 0x00, 0x05, 0x41, 1, 0x0c, 0, 0x0b]))
    #expect(body.opcodes == [0x20, 0x04, 0x00, 0x05, 0x41, 0x0c, 0x0b, 0x0b])
    #expect(body.operations.map(\.flags) == [0, 0, 0, 1, 0, 0, 1, 0])
    #expect(body.operations[1].blockType == BlockType(.i32))
  }

  @Test func branchTablesKeepTheirDepths() throws {
    // block; block; local.get 0; br_table 1 0 2 (default 0); end; end; local.get 0
    let body = try validate(
      module(
        [0x02, 0x40, 0x02, 0x40, 0x20, 0, 0x0e, 2, 1, 0, 1, 0x0b, 0x0b, 0x20, 0]))
    #expect(body.immediates == [1, 0, 1])
    #expect(body.operations[3].b == 2)
  }

  @Test func droppedAndSelectedTypesAreHandedOn() throws {
    let body = try validate(
      module([0x42, 0, 0x42, 1, 0x20, 0, 0x1b, 0x1a, 0x20, 0]))
    #expect(body.operations[3].type == .i64)
    #expect(body.operations[4].type == .i64)
  }

  @Test func accessesKeepTheirOffset() throws {
    let body = try validate(module([0x20, 0, 0x28, 2, 0x80, 0x08]))
    #expect(body.operations[1].a == 1024)
    // The same with a memory's index, of which there is one.
    let named = try validate(module([0x20, 0, 0x28, 0x42, 0, 0x80, 0x08]))
    #expect(named.operations[1].a == 1024 && named.operations[1].flags == 0)
    #expect(error(module([0x20, 0, 0x28, 0x42, 1, 0]))?.reason == .unknownMemory)
    #expect(error(module([0x20, 0, 0x28, 0x43, 0, 0]))?.reason == .alignmentTooLarge)
    #expect(error(module([0x20, 0, 0x28, 0x80, 0x01, 0]))?.reason == .malformedMemoryFlags)
  }

  @Test func aNumberBehindAPrefixIsNamedAsItStands() {
    #expect(reason([0xfc, 0xff, 0x01]) == .illegalNumber(.fc, 0xff))
    #expect(reason([0xfc, 0x80, 0x80, 0x04]) == .illegalNumber(.fc, 0x10000))
    #expect(Reason.illegalNumber(.fc, 0x10000).message == "illegal opcode fc 10000")
    #expect(reason([0xfd, 0x9a, 0x01]) == .illegalNumber(.fd, 0x9a))
    #expect(reason([0xfd, 0x94, 0x02]) == .illegalNumber(.fd, 0x114))
    #expect(reason([0xfb, 0x00]) == .unsupported(.garbageCollection))
    #expect(reason([0xfb, 0x20]) == .unsupported(.customDescriptors))
    #expect(reason([0xfe, 0x80, 0x80, 0x04]) == .illegalNumber(.fe, 0x10000))
    #expect(reason([0xfe, 0x04]) == .illegalNumber(.fe, 4))
    #expect(reason([0xfe, 0x4f, 0, 0]) == .unsupported(.sharedEverything))
    #expect(reason([0xe2, 0]) == .unsupported(.stackSwitching))
    #expect(reason([0xff]) == .illegalOpcode(0xff))
  }

  @Test func operandsAreChecked() {
    #expect(reason([]) == .typeMismatch)
    #expect(reason([0x42, 0]) == .typeMismatch)
    #expect(reason([0x20, 0, 0x6a]) == .typeMismatch)
    #expect(reason([0x20, 0, 0x20, 0]) == .typeMismatch)
    #expect(reason([0x00, 0x6a]) == nil)
    #expect(reason([0x00, 0x42, 0, 0x6a]) == .typeMismatch)
    #expect(reason([0x41, 0, 0x04, 0x7f, 0x41, 0, 0x0b]) == .typeMismatch)
  }

  @Test func indicesAreChecked() {
    #expect(reason([0x20, 1]) == .unknownLocal)
    #expect(reason([0x23, 0]) == .unknownGlobal)
    #expect(reason([0x10, 1]) == .unknownFunction)
    #expect(reason([0x0c, 0]) == .typeMismatch)
    #expect(reason([0x0c, 1]) == .unknownLabel)
    #expect(reason([0x25, 0]) == .unknownTable)
    #expect(reason([0xfc, 0x0d, 0]) == .unknownElementSegment)
    #expect(reason([0xd2, 0]) == .undeclaredFunctionReference)
  }

  @Test func alignmentIsChecked() {
    #expect(reason([0x20, 0, 0x28, 3, 0]) == .alignmentTooLarge)
    #expect(reason([0x20, 0, 0x28, 0x80, 1, 0]) == .malformedMemoryFlags)
  }

  @Test func stagesAreTold() {
    #expect(error(module([0xff]))?.stage == .malformed)
    #expect(error(module([0xfc, 0x08, 0, 0]))?.reason == .dataCountRequired)
    #expect(error(module([0xfc, 0x08, 0, 0]))?.stage == .malformed)
    #expect(error(module([0x14, 0]))?.reason == .unsupported(.functionReferences))
    #expect(error(module([0xfb, 0x00, 0]))?.reason == .unsupported(.garbageCollection))
  }

  @Test func errorsNamePlaceAndFunction() {
    let error = error(module([0x01, 0x20, 5]))
    #expect(error?.function == 0)
    #expect(error?.offset == 8 + 8 + 4 + 5 + 4 + 2)
  }

  @Test func localsAreLimited() {
    let many: [UInt8] = [1, 0xd1, 0x86, 0x03, 0x7f]
    #expect(error(module([0x20, 0], locals: many))?.reason == .tooManyLocalsToTranslate)
    let most: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f]
    let twice = [2] + most + most
    #expect(error(module([0x20, 0], locals: twice))?.reason == .tooManyLocals)
  }

  @Test func bodiesEndWhereTheySay() {
    #expect(error(module([0x20, 0, 0x0b]))?.stage == .malformed)
    #expect(error(module([0x02, 0x40]))?.reason == .endExpected)
  }
}

@Suite struct Modules {
  @Test func limitsAreChecked() {
    #expect(error(section(5, [1, 1, 2, 1]))?.reason == .minimumGreaterThanMaximum)
    #expect(error(section(5, [1, 0, 0x81, 0x80, 4]))?.reason == .memorySizeTooLarge)
    #expect(error(section(5, [1, 0, 0x80, 0x80, 4])) == nil)
    #expect(error(section(4, [1, 0x70, 1, 2, 1]))?.reason == .minimumGreaterThanMaximum)
  }

  @Test func exportNamesAreComparedAsBytes() {
    let memory = section(5, [1, 0, 1])
    #expect(
      error(memory + section(7, [2, 1, 97, 2, 0, 1, 97, 2, 0]))?.reason
        == .duplicateExportName)
    // "é" composed and decomposed: equal as Strings, different names.
    let accents = [2, 2, 0xc3, 0xa9, 2, 0] + [3, 0x65, 0xcc, 0x81, 2, 0] as [UInt8]
    #expect(error(memory + section(7, accents)) == nil)
    #expect(error(section(7, [1, 1, 97, 2, 0]))?.reason == .unknownMemory)
  }

  @Test func globalsReferToEarlierOnes() {
    let own = section(6, [1, 0x7f, 0, 0x23, 0, 0x0b])
    #expect(error(own)?.reason == .unknownGlobal)
    let earlier = section(6, [2, 0x7f, 0, 0x41, 0, 0x0b, 0x7f, 0, 0x23, 0, 0x0b])
    #expect(error(earlier) == nil)
    let mutable = section(6, [2, 0x7f, 1, 0x41, 0, 0x0b, 0x7f, 0, 0x23, 0, 0x0b])
    #expect(error(mutable)?.reason == .constantExpressionRequired)
    let mistyped = section(6, [1, 0x7e, 0, 0x41, 0, 0x0b])
    #expect(error(mistyped)?.reason == .typeMismatch)
    let sum = section(6, [1, 0x7f, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b])
    #expect(error(sum) == nil)
  }

  @Test func startTakesAndGivesNothing() {
    let functions = section(1, [1, 0x60, 1, 0x7f, 0]) + section(3, [1, 0])
    let code = section(10, [1, 2, 0, 0x0b])
    #expect(error(functions + section(8, [0]) + code)?.reason == .startFunction)
    #expect(error(functions + section(8, [1]) + code)?.reason == .unknownFunction)
  }

  @Test func segmentsNeedTheirTargets() {
    #expect(error(section(11, [1, 0, 0x41, 0, 0x0b, 0]))?.reason == .unknownMemory)
    #expect(error(section(9, [1, 0, 0x41, 0, 0x0b, 0]))?.reason == .unknownTable)
    #expect(error(section(3, [1, 0]) + section(10, [1, 2, 0, 0x0b]))?.reason == .unknownType)
  }

  @Test func errorsNameThePlaceOfTheEntry() {
    let memory = section(5, [1, 0, 1])
    let exports: [UInt8] = [2, 1, 97, 2, 0, 1, 97, 2, 0]
    #expect(error(memory + section(7, exports))?.offset == 8 + 5 + 3 + 4)
    #expect(error(section(3, [1, 0]) + section(10, [1, 2, 0, 0x0b]))?.offset == 8 + 3)
    let imported = section(2, [1, 1, 97, 1, 98, 2, 1, 2, 1])
    #expect(error(imported)?.offset == 8 + 3)
  }

  @Test func memoriesAreLimited() {
    func memories(_ count: [UInt8], _ size: [UInt8], _ number: Int) -> [UInt8] {
      [5] + size + count + [UInt8](repeating: 0, count: 2 * number)
    }
    #expect(error(section(5, [2, 0, 1, 0, 1])) == nil)
    #expect(error(memories([0xe8, 0x07], [0xd2, 0x0f], 1000)) == nil)
    #expect(error(memories([0xe9, 0x07], [0xd4, 0x0f], 1001))?.reason == .tooManyMemories)
  }
}

@Suite struct Features {
  private func features(_ sections: [UInt8]) throws -> Set<Feature> {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: header.count + sections.count, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: header + sections)
    let raw = UnsafeRawBufferPointer(bytes)
    let module = try WasmValidator.validateModule(try WasmParser.parse(raw), bytes: raw)
    var validator = FunctionValidator(module: module)
    var body = BodyBuffer()
    for index in module.module.code.indices {
      body.removeAll()
      try validator.validate(index, body: &body, recording: false)
    }
    return module.features.union(validator.features())
  }

  @Test func usedProposalsAreNamed() throws {
    #expect(try features(module([0x20, 0])) == [.core])
    #expect(try features(module([0x20, 0, 0xc0])) == [.core, .signExtension])
    #expect(try features(module([0x20, 0, 0x02, 0, 0x0b])) == [.core, .multiValue])
    #expect(
      try features(module([0x20, 0, 0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0]))
        == [.core, .bulkMemory])
    #expect(try features(section(4, [1, 0x6f, 0, 0])) == [.core, .referenceTypes])
    let sum = section(6, [1, 0x7f, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b])
    #expect(try features(sum) == [.core, .extendedConstants])
    let exported = section(6, [1, 0x7f, 1, 0x41, 0, 0x0b]) + section(7, [1, 1, 97, 3, 0])
    #expect(try features(exported) == [.core, .mutableGlobals])
  }
}
