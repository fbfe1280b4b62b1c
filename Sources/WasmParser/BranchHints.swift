// The custom section "metadata.code.branch_hint": what is wrong in it is passed over, never an error.

import WasmModel

extension ModuleParser {
  mutating func readBranchHints() {
    guard var section = branchHintSection else { return }
    try? readBranchHints(&section)
    let hints = module.branchHints
    if !zip(hints, hints.dropFirst()).allSatisfy({ $0.offset < $1.offset }) {
      module.branchHints.sort { $0.offset < $1.offset }
    }
  }

  /// For each function the offsets of branches from where its locals are declared, and a byte.
  private mutating func readBranchHints(_ section: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try section.u32()) {
      let function = Int(try section.u32()) - module.importedFunctionCount
      for _ in 0..<(try section.u32()) {
        let offset = try section.u32()
        var value = try section.block()
        let byte = try value.byte()
        guard module.code.indices.contains(function), byte < 2,
          Int(offset) < module.code[function].count
        else { continue }
        module.branchHints.append(
          BranchHint(offset: module.code[function].start + offset, isLikely: byte == 1))
      }
    }
  }
}
