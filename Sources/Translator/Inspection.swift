import CEmitter
import WasmModel
import WasmParser

/// What a module imports, exports and uses.
public struct Inspection: Sendable {
  public enum Kind: String, Sendable { case function, table, memory, global, tag }

  public struct Import: Sendable {
    public var module: String
    public var name: String
    public var kind: Kind
    /// `(i32, i32) -> i32`, `1..2`, `10.. funcref`, `mut i64`.
    public var type: String
    /// The prototype of the C function that a host implements, with its final `;`, and a comment
    /// where its name has a suffix. For what is no function it answers where the thing lies.
    public var prototype: String
    /// The name of that C function.
    public var symbol: String
    /// For memories.
    public var memory: Memory?
    /// Whether its C function has a number behind the name that it comes to.
    public var isNumbered: Bool

    public var isSharedMemory: Bool { memory?.isShared ?? false }
  }

  public struct Export: Sendable {
    public var name: String
    public var kind: Kind
    public var type: String
    /// For functions: one letter per value as in apus.h, `iI>f`.
    public var signature: String?
    /// The C function in NAME.h without `NAME_`, `export_run`; for what is no function, the one that
    /// answers where it lies.
    public var symbol: String?
  }

  public struct Table: Sendable {
    /// The name that the module's name section gives it.
    public var name: String?
    /// `10.. funcref`.
    public var type: String
    /// Elements that it has at first.
    public var minimum: UInt64
  }

  /// Bytes that a module brings along.
  public struct Segment: Sendable {
    /// `.rodata`: the name that the module's name section gives it.
    public var name: String?
    /// Bytes.
    public var size: Int
  }

  public struct Memory: Sendable {
    /// The name that the module's name section gives it.
    public var name: String?
    /// In pages.
    public var minimum: UInt64
    /// In pages, where one is stated.
    public var maximum: UInt64?
    public var isImported: Bool
    /// Bytes.
    public var pageSize: UInt64
    /// Whether addresses have 64 bits.
    public var isWide: Bool
    /// Whether other threads may use it, too.
    public var isShared: Bool
    /// The flags of apus.h, in C, for one that is no usual memory.
    public var layout: String?

    init(_ type: MemoryType, isImported: Bool) {
      minimum = type.limits.minimum
      maximum = type.limits.maximum
      self.isImported = isImported
      pageSize = type.pageSize
      isWide = type.addressType == .i64
      isShared = type.isShared
      layout = type.layout
    }

    /// In bytes.
    public var minimumSize: UInt64 {
      let (size, overflow) = minimum.multipliedReportingOverflow(by: pageSize)
      return overflow ? .max : size
    }
  }

  /// The name that the module's name section gives it.
  public var name: String?
  public var imports: [Import] = []
  public var exports: [Export] = []
  /// Proposals beyond 1.0 that the module uses, by their names: `bulk-memory`. Those of its
  /// bodies are among them only where these were checked.
  public var features: [String] = []
  /// Whether it has relaxed vector instructions, of which every engine makes its own choice.
  public var isRelaxed: Bool { features.contains(Feature.relaxedSIMD.rawValue) }
  /// Every memory, imported ones first.
  public var memories: [Memory] = []
  /// Every table, imported ones first.
  public var tables: [Table] = []
  public var functionCount = 0
  public var hasStart = false
  /// Whether the module has what threads of its own begin with.
  public var startsThreads = false
  /// Words of 64 bits that an exception's values need, where these are more than usual.
  public var exceptionWords: Int?
  /// Active and passive data segments.
  public var data: [Segment] = []
  /// Where the active segments end in the first memory that the module defines, in bytes.
  public var dataEnd: UInt64 = 0
  /// Where the module's heap begins, in bytes, if it says so.
  public var heapBase: UInt64?
}

/// A proposal that is not supported.
public struct UnsupportedProposal: Sendable {
  /// `exception-handling`.
  public var name: String
  /// How to build a module without it.
  public var remedy: String
}

extension Translator {
  /// All proposals that are not supported and that a module uses, its bodies included: for one
  /// that was refused at the first. The module need not be valid.
  public static func unsupportedProposals(
    _ bytes: UnsafeRawBufferPointer
  ) -> [UnsupportedProposal] {
    let found = Survey(bytes).features
    return Feature.allCases.filter(found.contains).map {
      UnsupportedProposal(name: $0.rawValue, remedy: $0.remedy)
    }
  }
}

extension Inspection {
  init(_ module: Module, _ used: Set<Feature>, bytes: UnsafeRawBufferPointer) {
    func name(_ index: Int, _ names: [ByteRange]) -> String? {
      let given = Names.given(index, names, bytes)
      return given.isEmpty ? nil : String(decoding: given, as: UTF8.self)
    }
    self.name = name(0, [module.names.module])
    features = Feature.allCases.filter { $0 != .core && used.contains($0) }.map { $0.rawValue }
    let interface = Interface(module)
    let symbols = interface.importSymbols()
    for (entry, symbol) in zip(module.imports, symbols) {
      let (kind, type): (Kind, String) =
        switch entry.kind {
        case .function(let index): (.function, Self.text(module.types[Int(index)]))
        case .table(let type): (.table, Self.text(type))
        case .memory(let type): (.memory, Self.text(type.limits))
        case .tag(let index): (.tag, Self.text(module.types[Int(index)]))
        case .global(let type): (.global, (type.isMutable ? "mut " : "") + "\(type.value.name)")
        }
      var memory: Memory?
      if case .memory(let type) = entry.kind { memory = Memory(type, isImported: true) }
      let remark = interface.remark(on: entry, symbol)
      imports.append(
        Import(
          module: entry.module, name: entry.name, kind: kind, type: type,
          prototype: interface.declaration(of: entry, symbol) + remark,
          symbol: symbol, memory: memory, isNumbered: !remark.isEmpty))
    }
    for (export, symbol) in zip(module.exports, interface.exportSymbols()) {
      switch export.kind {
      case .function:
        let type = module.type(ofFunction: Int(export.index))
        exports.append(
          Export(
            name: export.name, kind: .function, type: Self.text(type), signature: type.spelling,
            symbol: symbol))
      case .tag:
        let type = module.types[Int(module.tags[Int(export.index)])]
        exports.append(
          Export(name: export.name, kind: .tag, type: Self.text(type), symbol: symbol))
      case .table:
        let type = module.tables[Int(export.index)]
        exports.append(
          Export(name: export.name, kind: .table, type: Self.text(type), symbol: symbol))
      case .memory:
        let type = module.memories[Int(export.index)]
        exports.append(
          Export(
            name: export.name, kind: .memory, type: Self.text(type.limits), symbol: symbol))
      case .global:
        let type = module.globals[Int(export.index)]
        exports.append(
          Export(
            name: export.name, kind: .global,
            type: (type.isMutable ? "mut " : "") + "\(type.value.name)", symbol: symbol))
      }
    }
    memories = module.memories.enumerated().map { index, type in
      var memory = Memory(type, isImported: index < module.importedMemoryCount)
      memory.name = name(index, module.names.memories)
      return memory
    }
    tables = module.tables.enumerated().map { index, type in
      Table(
        name: name(index, module.names.tables), type: Self.text(type),
        minimum: type.limits.minimum)
    }
    functionCount = module.functions.count
    hasStart = module.start != nil
    startsThreads = interface.threadStart != nil
    exceptionWords = module.exceptionWords
    dataEnd = module.dataEnd
    heapBase = module.heapBase
    data = module.data.enumerated().map { index, segment in
      Segment(name: name(index, module.names.data), size: segment.bytes.count)
    }
  }

  private static func text(_ type: FunctionType) -> String {
    func list(_ types: [ValueType]) -> String {
      types.map { "\($0.name)" }.joined(separator: ", ")
    }
    let results = type.results.count == 1 ? list(type.results) : "(\(list(type.results)))"
    return "(\(list(type.parameters))) -> \(results)"
  }

  private static func text(_ type: TableType) -> String {
    "\(text(type.limits)) \(type.element.name)"
  }

  private static func text(_ limits: Limits) -> String {
    "\(limits.minimum)..\(limits.maximum.map { "\($0)" } ?? "")"
  }
}
