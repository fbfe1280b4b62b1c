// A module that is valid but for its bodies, and the flat tables the body validator reads.

import WasmModel

/// A function type as raw value types.
struct TypeShape: BitwiseCopyable {
  var parameters: UnsafePointer<UInt8>
  var parameterCount: Int
  var results: UnsafePointer<UInt8>
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
  /// Raw value type by global.
  var globals: UnsafeMutablePointer<UInt8>
  var isMutable: UnsafeMutablePointer<Bool>
  var globalCount: Int
  /// Raw element type by table.
  var tables: UnsafeMutablePointer<UInt8>
  var tableCount: Int
  /// Raw type by element segment.
  var elements: UnsafeMutablePointer<UInt8>
  var elementCount: Int
  var memoryCount: Int
  /// -1 where there is no data count section.
  var dataCount: Int
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
  private let typeStorage: UnsafeMutablePointer<UInt8>

  init(module: Module, bytes: UnsafeRawBufferPointer, declared: [Bool]) {
    self.module = module
    self.bytes = bytes
    let valueCount = module.types.reduce(0) { $0 + $1.parameters.count + $1.results.count }
    let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: valueCount)
    var next = storage
    func place(_ types: [ValueType]) -> UnsafePointer<UInt8> {
      let first = next
      for type in types {
        next.initialize(to: type.rawValue)
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
      globals: copy(module.globals.map { $0.value.rawValue }),
      isMutable: copy(module.globals.map { $0.isMutable }), globalCount: module.globals.count,
      tables: copy(module.tables.map { $0.element.rawValue }), tableCount: module.tables.count,
      elements: copy(module.elements.map { $0.type.rawValue }),
      elementCount: module.elements.count, memoryCount: module.memories.count,
      dataCount: module.dataCount.map { Int($0) } ?? -1,
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
