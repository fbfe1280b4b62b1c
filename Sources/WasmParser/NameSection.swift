// The custom section "name": what is wrong in it is passed over, never an error. So are the names of
// labels, types, element segments and fields, which nothing that is printed has.

import WasmModel

extension ModuleParser {
  mutating func readNames() {
    guard var section = nameSection else { return }
    while !section.isAtEnd {
      guard let id = try? section.byte(), let subsection = try? section.block() else { break }
      do throws(WasmError) {
        try readNames(subsection: id, subsection)
      } catch {
        continue
      }
    }
    func precedes(_ first: NameSection.Local, _ second: NameSection.Local) -> Bool {
      (first.function, first.local) < (second.function, second.local)
    }
    let locals = module.names.locals
    if !zip(locals, locals.dropFirst()).allSatisfy({ precedes($0, $1) }) {
      module.names.locals.sort(by: precedes)
    }
  }

  private mutating func readNames(
    subsection id: UInt8, _ section: ByteReader
  ) throws(WasmError) {
    var section = section
    switch id {
    case 0:
      let name = try section.block()
      if name.isUTF8 { module.names.module = name.range }
    case 1:
      let count = module.functions.count
      try readNameMap(&section, count, &module.names.functions)
    case 2:
      for _ in 0..<(try section.u32()) {
        let function = try section.u32()
        for _ in 0..<(try section.u32()) {
          let local = try section.u32()
          let name = try section.block()
          if function < module.functions.count, name.isUTF8 {
            module.names.locals.append(
              NameSection.Local(function: function, local: local, name: name.range))
          }
        }
      }
    case 5:
      let count = module.tables.count
      try readNameMap(&section, count, &module.names.tables)
    case 6:
      let count = module.memories.count
      try readNameMap(&section, count, &module.names.memories)
    case 7:
      let count = module.globals.count
      try readNameMap(&section, count, &module.names.globals)
    case 9:
      let count = module.data.count
      try readNameMap(&section, count, &module.names.data)
    case 11:
      let count = module.tags.count
      try readNameMap(&section, count, &module.names.tags)
    default: break
    }
  }

  private func readNameMap(
    _ section: inout ByteReader, _ limit: Int, _ names: inout [ByteRange]
  ) throws(WasmError) {
    for _ in 0..<(try section.u32()) {
      let index = Int(try section.u32())
      let name = try section.block()
      guard index < limit, name.isUTF8 else { continue }
      while names.count <= index { names.append(.empty) }
      names[index] = name.range
    }
  }
}
