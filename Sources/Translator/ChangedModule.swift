// What options make of a module before anything is decided about it.

import WasmModel
import WasmValidator

extension Module {
  /// With no other exports than these; empty keeps all.
  func keeping(_ names: [String]) -> Module {
    if names.isEmpty { return self }
    var module = self
    module.exports.removeAll { !names.contains($0.name) }
    return module
  }
}

extension ValidatedModule {
  /// The module as it is translated with options.
  func module(_ options: TranslationOptions) -> Module {
    var changed = module.keeping(options.exports)
    // An export may say where the heap begins, also one that is not kept.
    if let bytes = options.memoryLimit?.bytes(heapBase: module.heapBase) {
      changed.limitMemory(to: bytes)
    }
    return changed
  }
}
