import WasmEncoder
import WasmModel

/// Modules of which everything can be looked at.
public enum Observed {
  /// The module with an export for each memory, table and global that has none, or nil where nothing is missing.
  public static func module(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard var module = try? EditableModule(decoding: bytes) else { return nil }
    let before = module.exports.count
    func add(_ kind: Export.Kind, _ what: String, count: Int) {
      for index in 0..<UInt32(count)
      where !module.exports.contains(where: { $0.kind == kind && $0.index == index }) {
        module.exports.append(Export(name: "apus:\(what) \(index)", kind: kind, index: index))
      }
    }
    add(.memory, "memory", count: module.importCount(.memory) + module.memories.count)
    add(.table, "table", count: module.importCount(.table) + module.tables.count)
    add(.global, "global", count: module.importCount(.global) + module.globals.count)
    return module.exports.count == before ? nil : module.encoded()
  }
}
