// Memories of fewer bytes than whole pages, for boards.

import WasmModel

extension TranslationOptions {
  /// What the first memory that a module defines gets, instead of its pages. Beyond it an access traps; `memory.size`
  /// still answers the pages that the module asks for, and `memory.grow` fails.
  public enum MemoryLimit: Equatable, Sendable {
    /// Bytes.
    case bytes(UInt64)
    /// Bytes behind where the module's heap begins.
    case heap(UInt64)

    /// Of the whole memory; nil where the module does not say where its heap begins.
    func bytes(heapBase: UInt64?) -> UInt64? {
      switch self {
      case .bytes(let bytes): return bytes
      case .heap(let bytes):
        guard let heapBase else { return nil }
        let (sum, overflow) = heapBase.addingReportingOverflow(bytes)
        return overflow ? .max : sum
      }
    }
  }
}

extension Inspection {
  /// Why the memory cannot be so small; nil where it can, or is not to be.
  public func obstacle(_ limit: TranslationOptions.MemoryLimit?) -> String? {
    guard let limit else { return nil }
    guard let memory = memories.first(where: { !$0.isImported }) else {
      return "the module defines no memory that could be smaller"
    }
    if memory.isShared || memory.isWide || memory.pageSize != 1 << 16 {
      return
        "only a memory of pages of 64 KiB and addresses of 32 bits, which threads do not share, can be smaller"
    }
    guard let bytes = limit.bytes(heapBase: heapBase) else {
      return
        "the module does not say where its heap begins; link it with -Wl,--export=__heap_base, or use --memory-limit"
    }
    if bytes > memory.minimumSize {
      return
        "the module starts with \(memory.minimumSize) bytes of memory, which cannot become \(bytes)"
    }
    if bytes < dataEnd {
      return
        "the module's data end at byte \(dataEnd) of the memory, which cannot have only \(bytes) bytes"
    }
    return nil
  }

  /// With the memory that a limit leaves.
  public func limited(_ limit: TranslationOptions.MemoryLimit?) -> Inspection {
    guard let limit, let bytes = limit.bytes(heapBase: heapBase),
      let index = memories.firstIndex(where: { !$0.isImported })
    else { return self }
    var copy = self
    copy.memories[index].pageSize = 1
    copy.memories[index].minimum = bytes
    copy.memories[index].maximum = bytes
    return copy
  }
}

extension Module {
  /// Where the active segments of the first memory end that it defines, as far as their places are constants.
  var dataEnd: UInt64 {
    var end: UInt64 = 0
    for segment in data {
      guard case .active(let memory, let offset) = segment.mode, memory == importedMemoryCount,
        case .i32(let start) = offset.single
      else { continue }
      end = max(end, UInt64(start) + UInt64(segment.bytes.count))
    }
    return end
  }

  /// Where the heap of a program by LLVM's linker begins: what `__heap_base` says that it exports, else where its stack
  /// begins, if that lies behind all data.
  var heapBase: UInt64? {
    func constant(_ index: Int) -> UInt64? {
      guard index >= importedGlobalCount, index - importedGlobalCount < globalValues.count,
        case .i32(let value) = globalValues[index - importedGlobalCount].single
      else { return nil }
      return UInt64(value)
    }
    for export in exports where export.kind == .global && export.name == "__heap_base" {
      return constant(Int(export.index))
    }
    // The linker's first global.
    guard importedGlobalCount == 0, let type = globals.first, type.isMutable, type.value == .i32,
      let stack = constant(0), stack > 0, stack >= dataEnd
    else { return nil }
    return stack
  }

  /// Whether others may grow a memory: a module that imports it, or a function of the host.
  var showsMemory: Bool {
    if exports.contains(where: { $0.kind == .memory }) { return true }
    return imports.contains {
      if case .function = $0.kind { !$0.module.hasPrefix("wasi") } else { false }
    }
  }

  /// The memory that a limit leaves: of pages of one byte, whose count does not change.
  mutating func limitMemory(to bytes: UInt64) {
    guard importedMemoryCount < memories.count else { return }
    memories[importedMemoryCount].reportedPages = memories[importedMemoryCount].limits.minimum
    memories[importedMemoryCount].pageSize = 1
    memories[importedMemoryCount].limits = Limits(minimum: bytes, maximum: bytes)
  }
}
