// Which options contradict one another, a limit or the module: said once, for `apus` and `apus-c`.

import Translator

/// `host`, `host::guest` or `host::guest::ro`, as `--dir` takes them.
enum FolderRules {
  /// Why one of them is wrong; nil where none is.
  static func mistake(_ folders: [String]) -> String? {
    folders.contains { $0.isEmpty || $0.hasPrefix("::") || $0.hasSuffix("::") }
      ? "--dir takes HOST[::GUEST[::ro]], none of them empty" : nil
  }
}

extension TranslationOptions {
  /// Why they are wrong for any module; nil where they are not.
  var mistake: String? {
    if let maximumMemory, maximumMemory > 1 << 32 {
      return "--max-memory is at most 4294967296, which is all that 32 bits address"
    }
    if let memoryLimit {
      if maximumMemory != nil {
        return
          "--max-memory is for a memory that grows; one with --memory-limit or --heap never grows"
      }
      if case .bytes(0) = memoryLimit { return "--memory-limit is 1 or more" }
      if memory == .unchecked { return "--memory unchecked keeps nothing inside a smaller memory" }
    }
    if profile == .firmware && memory == .guard {
      return "--profile firmware has no guard pages: --memory takes bounds or unchecked"
    }
    if traps == .exact && memory == .unchecked {
      return "--memory unchecked has no traps that could be exact"
    }
    if let determinism {
      if memory == .unchecked {
        return "--deterministic needs accesses that trap: --memory takes guard or bounds"
      }
      guard (1 << 12...1 << 29).contains(determinism.maximumStack) else {
        return "--max-stack is at least 4096 and at most 536870912"
      }
      // In nanoseconds it is to fit 64 bits for some centuries.
      if determinism.clock > 1 << 33 { return "--clock is at most 8589934592" }
    }
    if let name, !CName.isName(name) {
      return "--name takes a name that C allows, not '\(name)'"
    }
    if !offsets && !traces.isEmpty {
      return "--trace says where things happen: not with --no-offsets"
    }
    if splitSize < 0 { return "--split is 0 or more" }
    return nil
  }

  /// Whether the module decides, too, if they are right.
  var dependOnModule: Bool {
    maximumMemory != nil || memoryLimit != nil || determinism != nil || fuel != nil
      || !exports.isEmpty
  }

  /// Why a module could have no instance with them, or none that does what they promise; nil where
  /// it can.
  func shortage(_ inspection: Inspection) -> String? {
    if determinism != nil && inspection.startsThreads {
      return "the module starts threads, whose order --deterministic cannot keep"
    }
    if fuel != nil && inspection.startsThreads {
      return "the module starts threads, which --fuel does not count together"
    }
    if let obstacle = inspection.obstacle(memoryLimit) { return obstacle }
    if let name = exports.first(where: { name in !inspection.exports.contains { $0.name == name } })
    {
      return "--export: the module exports no '\(name)'"
    }
    guard let maximumMemory else { return nil }
    let own = inspection.memories.filter { !$0.isImported }
    let needed = own.map { $0.minimumSize }.max() ?? 0
    guard needed > maximumMemory else { return nil }
    return "the module needs \(needed) bytes of memory, --max-memory gives \(maximumMemory)"
  }

  /// What is given up with them, to be said loudly.
  var warning: String? {
    guard memory == .unchecked else { return nil }
    return "apus: warning: --memory unchecked keeps no access inside the guest's memory; "
      + "only for modules that you trust"
  }
}
