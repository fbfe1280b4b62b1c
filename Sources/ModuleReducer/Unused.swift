// What nothing refers to, and modules with other indices.

import WasmEncoder
import WasmModel

extension EditableModule {
  /// The same with other indices everywhere, in bodies and outside.
  func mappingIndices(_ map: (IndexSpace, UInt32) -> UInt32) -> EditableModule {
    func mapped(_ expression: ConstantExpression) -> ConstantExpression {
      var result = ConstantExpression(offset: 0)
      expression.visit { instruction in
        switch instruction {
        case .globalGet(let index): result.append(.globalGet(map(.global, index)))
        case .refFunc(let index): result.append(.refFunc(map(.function, index)))
        default: result.append(instruction)
        }
      }
      return result
    }
    var copy = self
    for index in copy.imports.indices {
      switch copy.imports[index].kind {
      case .function(let type): copy.imports[index].kind = .function(type: map(.type, type))
      case .tag(let type): copy.imports[index].kind = .tag(type: map(.type, type))
      default: break
      }
    }
    for index in copy.functions.indices {
      copy.functions[index].type = map(.type, copy.functions[index].type)
      copy.functions[index].body = copy.functions[index].body.map { $0.mappingIndices(map) }
    }
    copy.tags = tags.map { map(.type, $0) }
    for index in copy.globals.indices { copy.globals[index].value = mapped(globals[index].value) }
    for index in copy.exports.indices {
      copy.exports[index].index = map(exports[index].kind.space, exports[index].index)
    }
    copy.start = start.map { map(.function, $0) }
    for index in copy.elements.indices {
      copy.elements[index].elements = elements[index].elements.map(mapped)
      if case .active(let table, let offset) = elements[index].mode {
        copy.elements[index].mode = .active(table: map(.table, table), offset: mapped(offset))
      }
    }
    for index in copy.data.indices {
      if case .active(let memory, let offset) = data[index].mode {
        copy.data[index].mode = .active(memory: map(.memory, memory), offset: mapped(offset))
      }
    }
    return copy
  }

  /// How many things an index space counts, imports included.
  func count(_ space: IndexSpace) -> Int {
    let own =
      switch space {
      case .type: types.count
      case .function: functions.count
      case .table: tables.count
      case .memory: memories.count
      case .global: globals.count
      case .tag: tags.count
      case .element: elements.count
      case .data: data.count
      case .local, .label: 0
      }
    return importCount(space) + own
  }

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

extension Export.Kind {
  fileprivate var space: IndexSpace {
    switch self {
    case .function: .function
    case .table: .table
    case .memory: .memory
    case .global: .global
    case .tag: .tag
    }
  }
}
