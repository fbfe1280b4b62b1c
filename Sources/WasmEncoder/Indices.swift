// Modules with other indices.

import WasmModel

extension EditableModule {
  /// The same with other indices everywhere, in bodies and outside.
  package func mappingIndices(_ map: (IndexSpace, UInt32) -> UInt32) -> EditableModule {
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
    for index in copy.exports.indices {
      copy.exports[index].index = map(exports[index].kind.space, exports[index].index)
    }
    copy.start = start.map { map(.function, $0) }
    for index in copy.elements.indices {
      if case .active(let table, let offset) = elements[index].mode {
        copy.elements[index].mode = .active(table: map(.table, table), offset: offset)
      }
    }
    for index in copy.data.indices {
      if case .active(let memory, let offset) = data[index].mode {
        copy.data[index].mode = .active(memory: map(.memory, memory), offset: offset)
      }
    }
    copy.mapConstants { instruction in
      switch instruction {
      case .globalGet(let index): .globalGet(map(.global, index))
      case .refFunc(let index): .refFunc(map(.function, index))
      default: instruction
      }
    }
    return copy
  }

  /// Changes each instruction of the constant expressions, of globals and segments.
  package mutating func mapConstants(_ map: (ConstantInstruction) -> ConstantInstruction) {
    func mapped(_ expression: ConstantExpression) -> ConstantExpression {
      var result = ConstantExpression(offset: 0)
      expression.visit { result.append(map($0)) }
      return result
    }
    for index in globals.indices { globals[index].value = mapped(globals[index].value) }
    for index in elements.indices {
      elements[index].elements = elements[index].elements.map(mapped)
      if case .active(let table, let offset) = elements[index].mode {
        elements[index].mode = .active(table: table, offset: mapped(offset))
      }
    }
    for index in data.indices {
      if case .active(let memory, let offset) = data[index].mode {
        data[index].mode = .active(memory: memory, offset: mapped(offset))
      }
    }
  }

  /// How many things an index space counts, imports included.
  package func count(_ space: IndexSpace) -> Int {
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
