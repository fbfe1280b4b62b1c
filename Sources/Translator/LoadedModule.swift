import CEmitter
import WasmModel
import WasmParser
import WasmValidator

/// A module that has been read: what is asked of it several times is parsed once. All but its
/// bodies is known to be valid.
///
/// The bytes stay the caller's, and must live as long.
public struct LoadedModule {
  let validated: ValidatedModule

  public init(_ bytes: UnsafeRawBufferPointer) throws(TranslationError) {
    do {
      validated = try WasmValidator.validateModule(try WasmParser.parse(bytes), bytes: bytes)
    } catch {
      throw TranslationError(error)
    }
  }

  /// The specification's verdict on the bodies: returns if they are valid.
  public func validate() throws(TranslationError) { _ = try validateBodies() }

  /// What the module imports, exports and uses. Without `checksBodies` it tells nothing of them.
  ///
  /// - Parameter exports: Names of those that it keeps; empty keeps all.
  public func inspect(
    checksBodies: Bool = true, exports: [String] = []
  ) throws(TranslationError) -> Inspection {
    var features = validated.features
    if checksBodies { features.formUnion(try validateBodies()) }
    var inspection = Inspection(
      validated.module.keeping(exports), features, bytes: validated.bytes)
    // An export may say it.
    inspection.heapBase = validated.module.heapBase
    return inspection
  }

  /// Translates the module into an output, which gets nothing before all of it is known to be
  /// valid.
  ///
  /// - Throws: `TranslationError`, and what the output throws.
  public func translate(
    _ options: TranslationOptions, to output: some TranslationOutput
  ) throws -> Translated {
    let unwritten = try prepare(options)
    try unwritten.write(to: output)
    return unwritten.module
  }

  /// All that is to be written, in pieces.
  struct Unwritten {
    let module: Translated
    let layout: FileLayout
    let emitter: ModuleEmitter
    let bodies: Bodies
    let functions: FunctionTexts
    let jobs: Int

    func write(to output: some TranslationOutput) throws {
      try layout.write(emitter, bodies, functions, jobs: jobs, to: output)
    }
  }

  func prepare(_ options: TranslationOptions) throws(TranslationError) -> Unwritten {
    let (module, bytes) = (validated.module(options), validated.bytes)
    let name = Translator.cName(options.name ?? options.fallbackName)
    let size = module.code.reduce(0) { $0 + $1.count } * FileLayout.growth
    let isSplit = options.splitSize > 0 && size > options.splitSize + options.splitSize / 2
    let bodies = try Bodies(validated, jobs: options.jobs)
    var options = options
    options.maximumMemory = greatestMemory(options, module, bodies)
    let plan = ModulePlan(
      module: module, bytes: bytes,
      options: EmitterOptions(
        memory: options.strategy, isMany: options.instances == .many, name: name,
        greatestMemory: options.maximumMemory ?? .max,
        isSplit: isSplit, hasNames: options.functionNames, hasOffsets: options.offsets,
        checksStack: options.profile == .firmware, isExact: options.isExact,
        stackBudget: options.determinism.map { UInt32(clamping: $0.maximumStack) },
        countsFuel: options.fuel != nil, isInterruptible: options.isInterruptible,
        tracesCalls: options.traces.contains(.calls)))
    let use = ModuleUse(plan) { bodies.uses(of: $0) }
    let calls = CallProperties(plan, hasThrows: bodies.hasThrows) { bodies.uses(of: $0) }
    let functions = FunctionTexts(bodies, use, calls, plan, options)
    let emitter = ModuleEmitter(
      plan: plan, bytes: bytes, use: use, throwing: calls.throwing,
      usesVectors: bodies.usesVectors, usesAtomics: bodies.usesAtomics)
    let layout = FileLayout(bodies, functions, use, plan, size: isSplit ? options.splitSize : nil)
    return Unwritten(
      module: Translated(
        name: name, placedMemory: plan.placedMemory,
        leavesCalls: bodies.hasThrows || bodies.hasTailCalls || !module.tags.isEmpty),
      layout: layout,
      emitter: emitter, bodies: bodies, functions: functions,
      jobs: options.jobs)
  }

  /// Bytes that a memory may grow to at most. On boards one that nobody grows keeps its size, in `one`, so that its bytes lie
  /// where the code knows.
  private func greatestMemory(
    _ options: TranslationOptions, _ module: Module, _ bodies: Bodies
  ) -> UInt64? {
    let most = options.maximumMemory
    guard options.profile == .firmware, options.instances == .one, !bodies.growMemory,
      options.isAlone || !module.showsMemory
    else { return most }
    let plans = MemoryPlan.all(module, options.strategy).dropFirst(module.importedMemoryCount)
    return min(most ?? .max, plans.map { $0.initialSize }.max() ?? .max)
  }

  /// Answers the proposals that the bodies use.
  private func validateBodies() throws(TranslationError) -> Set<Feature> {
    var validator = FunctionValidator(module: validated)
    var body = BodyBuffer()
    for index in validated.module.code.indices {
      body.removeAll()
      do {
        try validator.validate(index, body: &body, recording: false)
      } catch {
        throw TranslationError(error, in: validated)
      }
    }
    return validator.features()
  }
}
