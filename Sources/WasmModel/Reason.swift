/// What can be wrong with a module, in the specification's words.
package enum Reason: Sendable, Equatable {
  case unsupported(Feature)

  // Malformed.
  case unexpectedEnd
  case magicHeaderNotDetected
  case unknownBinaryVersion
  case malformedSectionID
  case unexpectedContentAfterLastSection
  case sectionSizeMismatch
  case lengthOutOfBounds
  case integerRepresentationTooLong
  case integerTooLarge
  case malformedUTF8
  case malformedImportKind
  case malformedExportKind
  case malformedMutability
  case malformedLimitsFlags
  case malformedMemoryFlags
  case malformedReferenceType
  case malformedValueType
  case malformedDefinitionType
  case malformedElementKind
  case malformedElementFlags
  case malformedDataFlags
  case malformedTable
  case malformedTag
  case malformedCatch
  case inconsistentFunctionAndCode
  case inconsistentDataCount
  case dataCountRequired
  case tooManyLocals
  case endExpected
  case elseWithoutIf
  case illegalOpcode(UInt8)
  /// The number behind a prefix.
  case illegalNumber(Prefix, UInt32)

  // Invalid.
  case typeMismatch
  case unknownType
  case unknownLocal
  case unknownGlobal
  case unknownFunction
  case unknownTable
  case unknownMemory
  case unknownLabel
  case unknownTag
  case tagWithResults
  case catchWithoutTry
  case rethrowOutsideOfCatch
  case unknownDataSegment
  case unknownElementSegment
  case immutableGlobal
  case undeclaredFunctionReference
  case constantExpressionRequired
  case invalidResultArity
  case startFunction
  case duplicateExportName
  case minimumGreaterThanMaximum
  case memorySizeTooLarge
  case sharedMemoryWithoutMaximum
  case customPageSize
  case malformedPageSize
  case tableSizeTooLarge
  case alignmentTooLarge
  case atomicAlignment
  case malformedFence
  case invalidLaneIndex
  case offsetOutOfRange

  // Limits of this implementation.
  case moduleTooLarge
  case tooManyLocalsToTranslate
  case tooManyMemories
  case tooManyParametersOrResults
  case operandStackTooHigh
  case exceptionTooLarge

  /// The text that a person reads.
  package var message: String {
    switch self {
    case .unsupported(let feature): "uses the proposal \(feature.rawValue)"
    case .unexpectedEnd: "unexpected end"
    case .magicHeaderNotDetected: "magic header not detected"
    case .unknownBinaryVersion: "unknown binary version"
    case .malformedSectionID: "malformed section id"
    case .unexpectedContentAfterLastSection: "unexpected content after last section"
    case .sectionSizeMismatch: "section size mismatch"
    case .lengthOutOfBounds: "length out of bounds"
    case .integerRepresentationTooLong: "integer representation too long"
    case .integerTooLarge: "integer too large"
    case .malformedUTF8: "malformed UTF-8 encoding"
    case .malformedImportKind: "malformed import kind"
    case .malformedExportKind: "malformed export kind"
    case .malformedMutability: "malformed mutability"
    case .malformedLimitsFlags: "malformed limits flags"
    case .malformedMemoryFlags: "malformed memop flags"
    case .malformedReferenceType: "malformed reference type"
    case .malformedValueType: "malformed value type"
    case .malformedDefinitionType: "malformed definition type"
    case .malformedElementKind: "malformed element kind"
    case .malformedElementFlags: "malformed elements segment kind"
    case .malformedDataFlags: "malformed data segment kind"
    case .malformedCatch: "malformed catch clause"
    case .malformedTag: "malformed tag attribute"
    case .malformedTable: "malformed table"
    case .inconsistentFunctionAndCode:
      "function and code section have inconsistent lengths"
    case .inconsistentDataCount: "data count and data section have inconsistent lengths"
    case .dataCountRequired: "data count section required"
    case .tooManyLocals: "too many locals"
    case .endExpected: "END opcode expected"
    case .elseWithoutIf: "else without if"
    case .illegalOpcode(let byte): "illegal opcode " + Opcode.hexadecimal(UInt32(byte))
    case .illegalNumber(let prefix, let number): "illegal opcode " + prefix.hexadecimal(number)
    case .typeMismatch: "type mismatch"
    case .unknownType: "unknown type"
    case .unknownLocal: "unknown local"
    case .unknownGlobal: "unknown global"
    case .unknownFunction: "unknown function"
    case .unknownTable: "unknown table"
    case .unknownMemory: "unknown memory"
    case .unknownTag: "unknown tag"
    case .tagWithResults: "non-empty tag result type"
    case .catchWithoutTry: "catch without try"
    case .rethrowOutsideOfCatch: "invalid rethrow label"
    case .unknownLabel: "unknown label"
    case .unknownDataSegment: "unknown data segment"
    case .unknownElementSegment: "unknown elem segment"
    case .immutableGlobal: "immutable global"
    case .undeclaredFunctionReference: "undeclared function reference"
    case .constantExpressionRequired: "constant expression required"
    case .invalidResultArity: "invalid result arity"
    case .startFunction: "start function"
    case .duplicateExportName: "duplicate export name"
    case .minimumGreaterThanMaximum: "size minimum must not be greater than maximum"
    case .memorySizeTooLarge: "memory size must be at most 65536 pages (4GiB)"
    case .sharedMemoryWithoutMaximum: "shared memory must have maximum"
    case .customPageSize: "invalid custom page size"
    case .malformedPageSize: "malformed custom page size"
    case .tableSizeTooLarge: "table size must be at most 2^32-1"
    case .alignmentTooLarge: "alignment must not be larger than natural"
    case .atomicAlignment: "alignment must be natural for atomic accesses"
    case .malformedFence: "zero byte expected"
    case .invalidLaneIndex: "invalid lane index"
    case .offsetOutOfRange: "offset out of range"
    case .moduleTooLarge: "module larger than 4 GiB"
    case .tooManyLocalsToTranslate: "more than 50000 locals in a function"
    case .tooManyMemories: "more than 1000 memories"
    case .tooManyParametersOrResults: "more than 1000 parameters or results in a type"
    case .exceptionTooLarge: "a tag with an exnref, or with more than 64,000 bytes of values"
    case .operandStackTooHigh: "more than 1048576 values on the operand stack"
    }
  }
}
