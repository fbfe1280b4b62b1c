// Where an entry of a section is. The module does not keep it; it is looked for when
// there is something wrong with the entry.

import WasmModel
import WasmParser

extension ModuleChecker {
  func offset(ofFunction index: Int) -> Int {
    let own = index - module.importedFunctionCount
    if own >= 0 { return offset(ofEntry: own, section: 3) { _ = try? $0.u32() } }
    return offset(ofImport: index) {
      if case .function = $0 { true } else { false }
    }
  }

  func offset(ofTable index: Int) -> Int {
    let own = index - module.importedTableCount
    if own >= 0 { return offset(ofEntry: own, section: 4) { _ = try? $0.tableType() } }
    return offset(ofImport: index) {
      if case .table = $0 { true } else { false }
    }
  }

  func offset(ofMemory index: Int) -> Int {
    let own = index - module.importedMemoryCount
    if own >= 0 { return offset(ofEntry: own, section: 5) { _ = try? $0.memoryType() } }
    return offset(ofImport: index) {
      if case .memory = $0 { true } else { false }
    }
  }

  func offset(ofTag index: Int) -> Int {
    let own = index - module.importedTagCount
    if own >= 0 { return offset(ofEntry: own, section: 13) { _ = try? $0.tagType() } }
    return offset(ofImport: index) {
      if case .tag = $0 { true } else { false }
    }
  }

  func offset(ofExport index: Int) -> Int {
    offset(ofEntry: index, section: 7) {
      _ = try? $0.name()
      _ = try? $0.byte()
      _ = try? $0.u32()
    }
  }

  func offsetOfStart() -> Int { section(8)?.offset ?? 0 }

  /// The index counts the imports of one kind.
  private func offset(ofImport index: Int, isCounted: (Import.Kind) -> Bool) -> Int {
    module.imports.filter { isCounted($0.kind) }.dropFirst(index).first?.offset ?? 0
  }

  private func offset(
    ofEntry index: Int, section id: UInt8, skip: (inout ByteReader) -> Void
  ) -> Int {
    guard var section = section(id) else { return 0 }
    _ = try? section.u32()
    for _ in 0..<index { skip(&section) }
    return section.offset
  }

  private func section(_ id: UInt8) -> ByteReader? {
    guard let base = bytes.baseAddress, bytes.count > 8 else { return nil }
    let start = base.assumingMemoryBound(to: UInt8.self)
    var reader = ByteReader(start: start, next: start + 8, end: start + bytes.count)
    while let found = try? reader.byte(), let section = try? reader.block() {
      if found == id { return section }
    }
    return nil
  }
}
