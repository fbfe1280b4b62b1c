// The passes over one function's IR, in their order, each of which can be left out.

import WasmModel

/// A pass, by the name that `--skip-pass` and `--dump ir:PASS` take.
package enum Pass: String, CaseIterable, Sendable {
  /// Constant operands are computed, negated comparisons turned round. Part of building.
  case fold
  /// Constants that are added to addresses become offsets. Part of building.
  case offsets
  /// Products of 128 bits that were taken apart become one multiplication.
  case products
  /// Bounds checks that another one covers go.
  case checks
  /// Loops whose addresses are known before they begin are there without their checks, too, and those that end soon
  /// without a look whether somebody wants them to end.
  case loops
  /// Marks the loads that must happen although nothing may want their value.
  case loads
  /// Branches become `if`, `else`, `do … while` and `break`.
  case structure
}

/// Runs the passes; keeps their buffers from function to function.
package struct PassRunner: ~Copyable {
  private let context: BuilderContext
  private let skipped: Set<Pass>
  private var products = WideProducts()
  private var merging = CheckMerging()
  private var loops = LoopChecks()
  private var loads = DeadLoads()
  private var structuring = Structuring()

  package init(context: BuilderContext, skipped: Set<Pass> = []) {
    self.context = context
    self.skipped = skipped
  }

  /// Runs every pass up to and including `last`.
  package mutating func run(_ ir: inout FunctionIR, upTo last: Pass = .structure) {
    if last == .fold || last == .offsets { return }
    if !skipped.contains(.products) { products.run(&ir) }
    if last == .products { return }
    if !skipped.contains(.checks) { merging.run(&ir, memories: context.memories) }
    if last == .checks { return }
    if !skipped.contains(.loops) { loops.run(&ir, isInterruptible: context.isInterruptible) }
    if last == .loops { return }
    if context.forcesLoads {
      loads.run(
        &ir, importedFunctions: context.module.importedFunctionCount,
        analyses: !skipped.contains(.loads))
    }
    if last == .loads { return }
    if !skipped.contains(.structure) { structuring.run(&ir) }
  }
}
