import Testing
import WasmModel
import WasmParser

private let header: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

private func parse(_ bytes: [UInt8]) throws(WasmError) -> Module {
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
  defer { copy.deallocate() }
  copy.copyBytes(from: bytes)
  return try WasmParser.parse(UnsafeRawBufferPointer(copy))
}

/// The error that sections after the header give.
private func error(_ sections: [UInt8]...) -> WasmError? {
  do throws(WasmError) {
    _ = try parse(header + sections.flatMap { $0 })
    return nil
  } catch {
    return error
  }
}

@Suite struct Headers {
  @Test func emptyModuleIsRead() throws {
    let module = try parse(header)
    #expect(module.types.isEmpty && module.functions.isEmpty && module.code.isEmpty)
  }

  @Test(
    arguments: [
      ([], .unexpectedEnd), ([0x00, 0x61, 0x73], .unexpectedEnd),
      ([0x00, 0x61, 0x73, 0x6e, 1, 0, 0, 0], .magicHeaderNotDetected),
      ([0x00, 0x61, 0x73, 0x6d, 2, 0, 0, 0], .unknownBinaryVersion),
    ] as [([UInt8], Reason)])
  func wrongHeaderIsMalformed(bytes: [UInt8], reason: Reason) {
    let error = #expect(throws: WasmError.self) { try parse(bytes) }
    #expect(error?.stage == .malformed)
    #expect(error?.reason == reason)
  }
}

@Suite struct Sections {
  @Test func orderIsChecked() {
    #expect(
      error([3, 1, 0], [1, 1, 0])?.reason == .unexpectedContentAfterLastSection)
    #expect(error([1, 1, 0], [1, 1, 0])?.reason == .unexpectedContentAfterLastSection)
    #expect(error([12, 1, 0], [10, 1, 0], [11, 1, 0]) == nil)
    #expect(error([10, 1, 0], [12, 1, 0])?.reason == .unexpectedContentAfterLastSection)
  }

  @Test func sizesAreChecked() {
    #expect(error([1, 5, 0])?.reason == .lengthOutOfBounds)
    #expect(error([1, 2, 0, 0])?.reason == .sectionSizeMismatch)
    #expect(error([1, 0])?.reason == .unexpectedEnd)
    #expect(error([14, 0])?.reason == .malformedSectionID)
  }

  @Test func offsetsCountFromTheModulesStart() {
    #expect(error([1, 4, 1, 0x61, 0, 0])?.offset == 11)
  }

  @Test func functionsAndBodiesMustBeEqualInNumber() {
    #expect(error([3, 2, 1, 0])?.reason == .inconsistentFunctionAndCode)
    #expect(error([10, 4, 1, 2, 0, 0x0b])?.reason == .inconsistentFunctionAndCode)
  }

  @Test func dataCountMustBeRight() {
    #expect(error([12, 1, 1])?.reason == .inconsistentDataCount)
    #expect(error([12, 1, 1], [11, 4, 1, 1, 1, 65]) == nil)
  }

  @Test func importsMayShareTheirModuleAndTheirKind() throws {
    let types: [UInt8] = [1, 8, 2, 0x60, 0, 0, 0x60, 1, 0x7f, 0]
    func names(_ imports: [UInt8]) throws -> [String] {
      let section = [2, UInt8(imports.count)] + imports
      let bytes: [UInt8] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] + types + section
      return try bytes.withUnsafeBytes { try WasmParser.parse($0) }.imports.map {
        "\($0.module).\($0.name) \($0.kind)"
      }
    }
    // Two kinds; one kind; and one by itself, without a name.
    #expect(
      try names([1, 1, 97, 0, 0x7f, 2, 1, 98, 0, 0, 1, 99, 0, 1])
        == ["a.b function(type: 0)", "a.c function(type: 1)"])
    #expect(
      try names([2, 1, 97, 0, 0x7e, 0, 1, 2, 1, 98, 1, 99, 1, 120, 0, 0, 0])
        == ["a.b function(type: 1)", "a.c function(type: 1)", "x. function(type: 0)"])
    #expect(try names([1, 1, 97, 0, 0x7f, 0]) == [])
    #expect(
      error([1, 4, 1, 0x60, 0, 0], [2, 6, 1, 1, 97, 1, 98, 0x7f])?.reason == .malformedImportKind)
    #expect(
      error([1, 4, 1, 0x60, 0, 0], [2, 5, 1, 1, 97, 0, 0x7d])?.reason == .malformedImportKind)
  }

  @Test func tagsHaveAnAttributeAndAType() {
    #expect(error([1, 4, 1, 0x60, 0, 0], [13, 3, 1, 0, 0]) == nil)
    #expect(error([13, 3, 1, 1, 0])?.reason == .malformedTag)
    // Before globals, behind memories.
    #expect(error([6, 1, 0], [13, 1, 0])?.reason == .unexpectedContentAfterLastSection)
    // Exceptions in tables and globals.
    #expect(error([4, 4, 1, 0x69, 0, 0]) == nil)
    #expect(error([6, 6, 1, 0x69, 0, 0xd0, 0x69, 0x0b]) == nil)
  }

  @Test func hugeCountsDoNotReserve() {
    let count: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0x0f]
    for id in [1, 2, 3, 4, 5, 6, 7, 9, 11] as [UInt8] {
      #expect(error([id, 5], count)?.reason == .unexpectedEnd)
    }
  }
}

@Suite struct Numbers {
  @Test func paddedNumbersAreRead() throws {
    let module = try parse(header + [1, 7, 0x81, 0x80, 0x80, 0, 0x60, 0, 0])
    #expect(module.types == [FunctionType()])
  }

  @Test func tooLongOrTooLargeIsMalformed() {
    #expect(
      error([1, 0x80, 0x80, 0x80, 0x80, 0x80, 0])?.reason == .integerRepresentationTooLong)
    #expect(error([1, 0x80, 0x80, 0x80, 0x80, 0x10])?.reason == .integerTooLarge)
  }

  @Test(
    arguments: [
      ([0x41, 0x7f], .i32(0xffff_ffff)),
      ([0x41, 0x80, 0x80, 0x80, 0x80, 0x78], .i32(0x8000_0000)),
      ([0x42, 0xc0, 0x00], .i64(64)),
      ([0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f], .i64(1 << 63)),
      ([0x43, 0, 0, 0x80, 0x3f], .f32(0x3f80_0000)),
    ] as [([UInt8], ConstantInstruction)])
  func constantsAreRead(code: [UInt8], value: ConstantInstruction) throws {
    let type: UInt8 = 0x7f - (code[0] - 0x41)
    let section = [1, type, 0] + code + [0x0b]
    let module = try parse(header + [6, UInt8(section.count)] + section)
    #expect(module.globalValues.first?.instructions == [value])
    #expect(module.globalValues.first?.offset == 13)
  }

  @Test func constantBitsBeyondTheSignAreChecked() {
    let code: [UInt8] = [0x41, 0x80, 0x80, 0x80, 0x80, 0x08, 0x0b]
    #expect(error([6, 10, 1, 0x7f, 0], code)?.reason == .integerTooLarge)
  }
}

@Suite struct Entries {
  @Test func importsComeFirst() throws {
    let module = try parse(
      header + [1, 4, 1, 0x60, 0, 0] + [2, 7, 1, 1, 97, 1, 98, 0, 0] + [3, 2, 1, 0]
        + [10, 4, 1, 2, 0, 0x0b])
    #expect(module.functions == [0, 0])
    #expect(module.importedFunctionCount == 1)
    #expect(module.imports.first?.module == "a" && module.imports.first?.name == "b")
    #expect(module.code == [ByteRange(start: 31, end: 33)])
  }

  @Test func namesMustBeUTF8() {
    #expect(error([0, 2, 1, 0x80])?.reason == .malformedUTF8)
    #expect(error([2, 7, 1, 1, 0xff, 1, 98, 0, 0])?.reason == .malformedUTF8)
    #expect(error([7, 7, 1, 3, 0xed, 0xa0, 0x80, 0, 0])?.reason == .malformedUTF8)
  }

  @Test func elementForms() throws {
    let active: [UInt8] = [0, 0x41, 0, 0x0b, 1, 7]
    let declarative: [UInt8] = [3, 0, 0]
    let passive: [UInt8] = [5, 0x6f, 1, 0xd0, 0x6f, 0x0b]
    let module = try parse(header + [9, 16, 3] + active + declarative + passive)
    #expect(module.elements.map(\.type) == [.funcref, .funcref, .externref])
    #expect(module.elements[0].elements.map(\.instructions) == [[.refFunc(7)]])
    #expect(module.elements[2].elements.map(\.instructions) == [[.refNull(.externref)]])
    guard case .active(0, let offset) = module.elements[0].mode,
      case .declarative = module.elements[1].mode, case .passive = module.elements[2].mode
    else {
      Issue.record("wrong modes")
      return
    }
    #expect(offset.instructions == [.i32(0)])
  }

  @Test func wrongCodesAreMalformed() {
    #expect(error([2, 7, 1, 1, 97, 1, 98, 5, 0])?.reason == .malformedImportKind)
    #expect(error([5, 3, 1, 0x10, 0])?.reason == .malformedLimitsFlags)
    #expect(error([4, 4, 1, 0x7f, 0, 0])?.reason == .malformedReferenceType)
    #expect(error([6, 3, 1, 0x7f, 2])?.reason == .malformedMutability)
    #expect(error([9, 2, 1, 8])?.reason == .malformedElementFlags)
    #expect(error([11, 2, 1, 3])?.reason == .malformedDataFlags)
  }

  @Test func proposalsAreNamed() {
    #expect(error([1, 5, 1, 0x60, 1, 0x74, 0])?.reason == .unsupported(.exceptions))
    #expect(error([1, 3, 1, 0x5f, 0])?.reason == .unsupported(.garbageCollection))
    #expect(error([1, 4, 1, 0x5d, 0, 0])?.reason == .unsupported(.stackSwitching))
    #expect(error([1, 5, 1, 0x4d, 0, 0x5f, 0])?.reason == .unsupported(.customDescriptors))
    #expect(error([1, 4, 1, 0x65, 0x60, 0])?.reason == .unsupported(.sharedEverything))
    #expect(error([5, 4, 1, 0x03, 0, 1]) == nil)
    #expect(error([5, 4, 1, 0x08, 0, 64])?.reason == .malformedPageSize)
    #expect(error([5, 4, 1, 0x08, 0, 1]) == nil)
    #expect(error([5, 3, 1, 0x10, 0])?.reason == .malformedLimitsFlags)
    #expect(
      error([4, 4, 1, 0x40, 0, 0x70])?.reason == .unsupported(.functionReferences))
  }

  @Test func constantExpressionsAreRestricted() {
    let nop = error([6, 5, 1, 0x7f, 0, 0x01, 0x0b])
    #expect(nop?.stage == .invalid && nop?.reason == .constantExpressionRequired)
    let unknown = error([6, 5, 1, 0x7f, 0, 0xff, 0x0b])
    #expect(unknown?.stage == .malformed && unknown?.reason == .illegalOpcode(0xff))
  }
}

@Suite struct NameSection {
  private let function: [UInt8] =
    [1, 4, 1, 0x60, 0, 0] + [3, 2, 1, 0] + [10, 4, 1, 2, 0, 0x0b]
  private let start: [UInt8] = [4, 110, 97, 109, 101]

  private func names(_ content: [UInt8]) throws -> WasmModel.NameSection {
    let section = start + content
    return try parse(header + function + [0, UInt8(section.count)] + section).names
  }

  @Test func namesAreRead() throws {
    let names = try names([1, 4, 1, 0, 1, 102] + [2, 6, 1, 0, 1, 3, 1, 120])
    #expect(names.functions.count == 1 && names.functions.first?.count == 1)
    #expect(names.locals.count == 1)
    #expect(names.locals.first?.local == 3)
  }

  @Test(
    arguments: [
      [1], [1, 200, 1], [1, 3, 0xff, 0xff, 0xff], [1, 4, 1, 9, 1, 102], [1, 4, 1, 0, 1, 0xff],
      [2, 2, 0x80, 0x80], [99, 1, 0],
    ] as [[UInt8]])
  func wrongContentIsIgnored(content: [UInt8]) throws {
    let names = try names(content)
    #expect(names.functions.isEmpty && names.locals.isEmpty)
  }
}
