// The IR as text, for people who work on the translator.

import CEmitter
import FunctionIR
import WasmModel
import WasmParser
import WasmValidator

extension Translator {
  /// The passes, in their order; `TranslationOptions.skippedPasses` takes these names.
  public static let passNames = Pass.allCases.map { $0.rawValue }

  /// The IR of a module's functions after a pass, as text.
  ///
  /// - Parameters:
  ///   - pass: One of `passNames`; nil is after the last.
  ///   - function: An index in the module's function index space; nil is every function.
  public static func dumpIR(
    _ bytes: UnsafeRawBufferPointer, options: TranslationOptions, after pass: String? = nil,
    function: Int? = nil
  ) throws(TranslationError) -> String {
    let validated = try LoadedModule(bytes).validated
    let module = validated.module(options)
    let plan = ModulePlan(
      module: module, bytes: validated.bytes,
      options: EmitterOptions(
        memory: options.strategy, isMany: options.instances == .many, name: "module"))
    let bodies = try Bodies(validated, jobs: 1)
    let calls = CallProperties(plan, hasThrows: bodies.hasThrows) { bodies.uses(of: $0) }
    var (context, skipped) = passContext(
      module, options, calls, hasTailCalls: bodies.hasTailCalls)
    let last = pass.flatMap { Pass(rawValue: $0) } ?? Pass.allCases.last!
    if last == .fold { context.movesConstants = false }
    var validator = FunctionValidator(module: validated)
    var body = BodyBuffer()
    var builder = IRBuilder(context: context)
    var passes = PassRunner(context: context, skipped: skipped)
    var text = ""
    for index in module.code.indices {
      body.removeAll()
      do {
        try validator.validate(index, body: &body, recording: true)
      } catch {
        throw TranslationError(error, in: validated)
      }
      let functionIndex = module.importedFunctionCount + index
      if let function, functionIndex != function { continue }
      builder.build(body.body(ofFunction: functionIndex))
      passes.run(&builder.ir, upTo: last)
      let name = name(ofFunction: functionIndex, validated)
      text += IRPrinter.text(&builder.ir, name: name.isEmpty ? nil : name)
    }
    return text
  }

  /// What the builder and the passes are to know.
  static func passContext(
    _ module: Module, _ options: TranslationOptions, _ calls: CallProperties,
    hasTailCalls: Bool
  ) -> (BuilderContext, skipped: Set<Pass>) {
    var skipped = Set(options.skippedPasses.compactMap { Pass(rawValue: $0) })
    // A second copy of each loop is flash that a board seldom has for speed.
    if options.profile == .firmware { skipped.insert(.loops) }
    let context = BuilderContext(
      module: module,
      memories: MemoryPlan.all(module, options.strategy, limit: options.maximumMemory ?? .max),
      trapsExactly: options.isExact, folds: !skipped.contains(.fold),
      movesConstants: !skipped.contains(.offsets), throwing: calls.throwing, growing: calls.growing,
      hasTailCalls: hasTailCalls, fuel: options.fuel?.costs,
      isInterruptible: options.isInterruptible,
      traces: options.tracedEvents)
    return (context, skipped)
  }
}
