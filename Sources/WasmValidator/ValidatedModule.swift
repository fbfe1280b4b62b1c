// A module that is valid but for its bodies, and the flat tables the body validator reads.

import WasmModel

/// A function type, or that of a block.
struct TypeShape: BitwiseCopyable {
  var parameters: UnsafePointer<ValueType>
  var parameterCount: Int
  var results: UnsafePointer<ValueType>
  var resultCount: Int
}

/// What bodies refer to, by index. The arrays belong to the ValidatedModule.
struct ModuleFacts: BitwiseCopyable {
  var types: UnsafeMutablePointer<TypeShape>
  var typeCount: Int
  /// Type index by function.
  var functions: UnsafeMutablePointer<UInt32>
  /// Whether `ref.func` may name a function.
  var isDeclared: UnsafeMutablePointer<Bool>
  var functionCount: Int
  /// Value type by global.
  var globals: UnsafeMutablePointer<ValueType>
  var isMutable: UnsafeMutablePointer<Bool>
  var globalCount: Int
  /// Element type by table.
  var tables: UnsafeMutablePointer<ValueType>
  var tableCount: Int
  /// Type by element segment.
  var elements: UnsafeMutablePointer<ValueType>
  var elementCount: Int
  var memoryCount: Int
  /// Address type by memory, and by table.
  var memoryAddresses: UnsafeMutablePointer<ValueType>
  var tableAddresses: UnsafeMutablePointer<ValueType>
  /// Type index by tag.
  var tags: UnsafeMutablePointer<UInt32>
  var tagCount: Int
  /// -1 where there is no data count section.
  var dataCount: Int
  var hints: UnsafeMutablePointer<BranchHint>
  var hintCount: Int
  var importedFunctionCount: Int
  /// Bodies of the defined functions.
  var code: UnsafeMutablePointer<ByteRange>
  var codeCount: Int
}

/// A module whose every part but the bodies is valid. Its bytes must outlive it.
///
/// Unchecked: nothing changes after `init`, so that threads may share it.
package final class ValidatedModule: @unchecked Sendable {
  package let module: Module
  package let bytes: UnsafeRawBufferPointer
  let facts: ModuleFacts
  private let typeStorage: UnsafeMutablePointer<ValueType>

  init(module: Module, bytes: UnsafeRawBufferPointer, declared: [Bool]) {
    self.module = module
    self.bytes = bytes
    let valueCount = module.types.reduce(0) { $0 + $1.parameters.count + $1.results.count }
    let storage = UnsafeMutablePointer<ValueType>.allocate(capacity: valueCount)
    var next = storage
    func place(_ types: [ValueType]) -> UnsafePointer<ValueType> {
      let first = next
      for type in types {
        next.initialize(to: type)
        next += 1
      }
      return UnsafePointer(first)
    }
    let shapes = module.types.map { type in
      TypeShape(
        parameters: place(type.parameters), parameterCount: type.parameters.count,
        results: place(type.results), resultCount: type.results.count)
    }
    typeStorage = storage
    facts = ModuleFacts(
      types: copy(shapes), typeCount: shapes.count, functions: copy(module.functions),
      isDeclared: copy(declared), functionCount: module.functions.count,
      globals: copy(module.globals.map { $0.value }),
      isMutable: copy(module.globals.map { $0.isMutable }), globalCount: module.globals.count,
      tables: copy(module.tables.map { $0.element }), tableCount: module.tables.count,
      elements: copy(module.elements.map { $0.type }),
      elementCount: module.elements.count, memoryCount: module.memories.count,
      memoryAddresses: copy(module.memories.map { $0.addressType }),
      tableAddresses: copy(module.tables.map { $0.addressType }),
      tags: copy(module.tags), tagCount: module.tags.count,
      dataCount: module.dataCount.map { Int($0) } ?? -1,
      hints: copy(module.branchHints), hintCount: module.branchHints.count,
      importedFunctionCount: module.importedFunctionCount, code: copy(module.code),
      codeCount: module.code.count)
  }

  deinit {
    typeStorage.deallocate()
    facts.types.deallocate()
    facts.functions.deallocate()
    facts.isDeclared.deallocate()
    facts.globals.deallocate()
    facts.isMutable.deallocate()
    facts.tables.deallocate()
    facts.elements.deallocate()
    facts.tags.deallocate()
    facts.hints.deallocate()
    facts.memoryAddresses.deallocate()
    facts.tableAddresses.deallocate()
    facts.code.deallocate()
  }
}

private func copy<Element: BitwiseCopyable>(
  _ elements: [Element]
) -> UnsafeMutablePointer<Element> {
  let pointer = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
  for (index, element) in elements.enumerated() {
    (pointer + index).initialize(to: element)
  }
  return pointer
}
