// How each memory of a module is treated: said once for those that build, check and print
// accesses to it.

/// One memory's plan. All sizes are in bytes.
package struct MemoryPlan: BitwiseCopyable, Sendable {
  /// What keeps accesses inside.
  package enum Strategy: BitwiseCopyable, Sendable {
    /// The hardware: what lies behind the memory faults.
    case `guard`
    /// An explicit check of each access.
    case bounds
    /// Nothing.
    case unchecked
  }

  package let strategy: Strategy
  package let addressType: ValueType
  package let pageSize: UInt64
  /// Every access below is inside, always.
  package let initialSize: UInt64
  /// The most that it can ever have. A memory of 32-bit addresses that does not start with all
  /// 4 GiB never has the last page, so that an address plus a few bytes stays below 2^32.
  package let greatestSize: UInt64
  package let isShared: Bool
  package let isImported: Bool
  /// What `memory.size` answers always, where the memory is smaller than what the module asks for; it never grows.
  package let reportedPages: UInt64?

  /// It has its initial size as long as it is there, so that it does not move, either.
  package let isFixed: Bool

  /// Calls and memory.grow can move it, or change its size in what the code keeps of it.
  package var mayMove: Bool { strategy != .guard && !isFixed }

  /// `limit`: bytes that a memory of the module's own may grow to at most.
  package init(
    _ type: MemoryType, isImported: Bool, _ strategy: Strategy, limit: UInt64 = .max
  ) {
    addressType = type.addressType
    pageSize = type.pageSize
    isShared = type.isShared
    reportedPages = type.reportedPages
    self.isImported = isImported
    // What pages of the processor cannot keep apart, or addresses reach beyond, is compared.
    let isPlain = addressType == .i32 && pageSize == 1 << 16
    self.strategy = strategy == .guard && !isPlain ? .bounds : strategy
    initialSize = MemoryPlan.size(type.limits.minimum, type.pageSize)
    // The runtime counts pages in 32 bits.
    let all = isPlain ? 1 << 16 : UInt64(UInt32.max)
    let declared = min(type.limits.maximum ?? all, all)
    let own = min(
      declared, limit / type.pageSize, isPlain ? max(type.limits.minimum, all - 1) : all)
    greatestSize = MemoryPlan.size(isImported ? declared : own, pageSize)
    isFixed = initialSize == greatestSize && (!isImported || type.limits.maximum != nil)
  }

  private static func size(_ pages: UInt64, _ pageSize: UInt64) -> UInt64 {
    let (size, overflow) = pages.multipliedReportingOverflow(by: pageSize)
    return overflow ? .max : size
  }

  /// Whether addresses have 64 bits.
  package var isWide: Bool { addressType == .i64 }

  /// Pages of the greatest size.
  package var greatestPages: UInt64 { greatestSize / pageSize }

  /// The plans of a module's memories, by index.
  package static func all(
    _ module: Module, _ strategy: Strategy, limit: UInt64 = .max
  ) -> [MemoryPlan] {
    module.memories.enumerated().map { index, type in
      MemoryPlan(
        type, isImported: index < module.importedMemoryCount, strategy, limit: limit)
    }
  }
}
