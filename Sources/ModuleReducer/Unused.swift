// What nothing refers to.

import WasmEncoder
import WasmModel

extension EditableModule {
  /// Indices of what the module defines and nothing refers to. Segments that do something count as used, and so do
  /// those that `ref.func` needs.
  func unused() -> [(space: IndexSpace, index: UInt32)] {
    var used: [IndexSpace: Set<UInt32>] = [:]
    _ = mappingIndices { space, index in
      used[space, default: []].insert(index)
      return index
    }
    for (index, segment) in elements.enumerated() {
      if case .passive = segment.mode { continue }
      if !segment.elements.isEmpty { used[.element, default: []].insert(UInt32(index)) }
    }
    for (index, segment) in data.enumerated() {
      if case .active = segment.mode, !segment.bytes.isEmpty {
        used[.data, default: []].insert(UInt32(index))
      }
    }
    var unused: [(IndexSpace, UInt32)] = []
    for space in IndexSpace.allCases where space != .local && space != .label {
      let isUsed = used[space] ?? []
      for index in UInt32(importCount(space))..<UInt32(count(space)) where !isUsed.contains(index) {
        unused.append((space, index))
      }
    }
    return unused
  }

  /// Without some of what the module defines; nothing may refer to it.
  func removing(_ gone: [IndexSpace: Set<UInt32>]) -> EditableModule {
    var moved: [IndexSpace: [UInt32]] = [:]
    for (space, indices) in gone {
      var next: UInt32 = 0
      moved[space] = (0..<UInt32(count(space))).map { index in
        defer { if !indices.contains(index) { next += 1 } }
        return next
      }
    }
    var copy = mappingIndices { space, index in
      guard let places = moved[space], Int(index) < places.count else { return index }
      return places[Int(index)]
    }
    func keep<Element>(_ elements: [Element], _ space: IndexSpace) -> [Element] {
      guard let indices = gone[space] else { return elements }
      let first = importCount(space)
      return elements.enumerated().filter { !indices.contains(UInt32(first + $0.offset)) }.map(
        \.element)
    }
    copy.types = keep(copy.types, .type)
    copy.functions = keep(copy.functions, .function)
    copy.tables = keep(copy.tables, .table)
    copy.memories = keep(copy.memories, .memory)
    copy.globals = keep(copy.globals, .global)
    copy.tags = keep(copy.tags, .tag)
    copy.elements = keep(copy.elements, .element)
    copy.data = keep(copy.data, .data)
    copy.functionNames = []
    return copy
  }
}
