// What every part of the output has to agree on: names, where state lies, the choices.

import WasmModel

/// Choices that shape the C. Source: the options of a translation.
package struct EmitterOptions: Sendable {
  package var memory: MemoryPlan.Strategy
  package var isMany: Bool
  package var name: String
  /// Bytes that a memory may grow to at most, whatever the module says.
  package var greatestMemory: UInt64
  /// The functions go to files of their own, with a header that they share.
  package var isSplit: Bool
  /// There is a file with the functions' names.
  package var hasNames: Bool
  /// Traps say at which byte of the module they are.
  package var hasOffsets: Bool
  /// Functions that call others compare the stack pointer with a limit.
  package var checksStack: Bool
  /// Accesses that the hardware checks keep their order, with one another and with globals.
  package var isExact: Bool
  /// Bytes of stack for the calls of a program that does the same everywhere; nil for any other.
  package var stackBudget: UInt32?
  /// Functions keep count of fuel.
  package var countsFuel: Bool
  /// Loops, and functions that call others, look whether somebody wants them to end.
  package var isInterruptible: Bool
  /// Functions say that they begin.
  package var tracesCalls: Bool

  /// Same input, same bytes: canonical NaNs, limits that do not depend on the host.
  package var isDeterministic: Bool { stackBudget != nil }

  package init(
    memory: MemoryPlan.Strategy, isMany: Bool, name: String, greatestMemory: UInt64 = .max,
    isSplit: Bool = false, hasNames: Bool = true, hasOffsets: Bool = true,
    checksStack: Bool = false,
    isExact: Bool = false, stackBudget: UInt32? = nil, countsFuel: Bool = false,
    isInterruptible: Bool = false, tracesCalls: Bool = false
  ) {
    self.tracesCalls = tracesCalls
    self.countsFuel = countsFuel
    self.isInterruptible = isInterruptible
    self.isSplit = isSplit
    self.hasNames = hasNames
    self.hasOffsets = hasOffsets
    self.checksStack = checksStack
    self.isExact = isExact
    self.stackBudget = stackBudget
    self.memory = memory
    self.isMany = isMany
    self.name = name
    self.greatestMemory = greatestMemory
  }
}

package struct ModulePlan: Sendable {
  package let module: Module
  package let options: EmitterOptions
  /// The module's bytes; nothing writes to them.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  let names: Names
  /// By memory.
  package let memories: [MemoryPlan]
  /// By type index: results after the first, which calls find through pointers.
  let furtherResults: [Int]
  /// In `many`, for functions that are imported, exported or referenced: their place in `funcs`.
  let referenceIndex: [Int: Int]
  let referenced: [Int]
  /// Functions that can be reached from outside or from the module's state.
  package let roots: [Int]
  /// Of these, the functions that active segments put into each table in `one`, where a table that
  /// never changes may turn out not to need them; and those that something else needs, too.
  let tableRoots: [[Int]]
  let otherRoots: Set<Int>
  /// Imported or exported globals, which are shared by reference.
  let isSharedGlobal: [Bool]
  /// The function that the module's threads begin with; firmware has no threads.
  let threadStart: Int?
  /// In `many`, the first parameter of each function without its name.
  private let instanceParameter: [UInt8]
  /// Whether references to imported functions are made, exported ones among them.
  let refersToImports: Bool
  /// In `many`, by function: calls through pointers may reach it, for which the instance is
  /// `void *`, as for those of other modules.
  let isCalledThroughPointers: [Bool]
  /// Where each global lies, as a C expression: `i->g0`, `i->g0->value.i32`.
  private let globalPlaces: TextList

  package init(module: Module, bytes: UnsafeRawBufferPointer, options: EmitterOptions) {
    self.module = module
    self.options = options
    self.bytes = bytes
    names = Names(module: module, bytes: bytes)
    furtherResults = module.types.map { max($0.results.count - 1, 0) }
    memories = MemoryPlan.all(module, options.memory, limit: options.greatestMemory)
    threadStart = options.checksStack ? nil : Interface(module).threadStart
    var exported: Set<Int> = []
    for export in module.exports where export.kind == .function {
      exported.insert(Int(export.index))
    }
    var always = Set(module.globalValues.flatMap { $0.references })
    var wanted = always.union(exported)
    if let start = module.start { always.insert(Int(start)) }
    var tableRoots: [[Int]] = Array(repeating: [], count: module.tables.count)
    var inTables: Set<Int> = []
    for segment in module.elements {
      let functions = segment.elements.flatMap { $0.references }
      wanted.formUnion(functions)
      guard case .active(let table, _) = segment.mode else { continue }
      inTables.formUnion(functions)
      if !options.isMany { tableRoots[Int(table)] += functions }
    }
    self.tableRoots = tableRoots
    otherRoots = always.union(exported)
    always.formUnion(inTables)
    refersToImports = wanted.contains { $0 < module.importedFunctionCount }
    if options.isMany { wanted.formUnion(0..<module.importedFunctionCount) }
    var roots = always.union(options.isMany ? wanted : exported)
    if options.isMany {
      // A reference to an imported function is the host's own, not one to what calls it here.
      let called = module.start.map { exported.union([Int($0)]) } ?? exported
      roots = roots.filter { $0 >= module.importedFunctionCount || called.contains($0) }
    }
    self.roots = roots.sorted()
    referenced = wanted.sorted()
    var places: [Int: Int] = [:]
    for (place, index) in referenced.enumerated() { places[index] = place }
    referenceIndex = places
    var shared = [Bool](repeating: false, count: module.globals.count)
    for index in 0..<module.importedGlobalCount { shared[index] = true }
    for export in module.exports where export.kind == .global { shared[Int(export.index)] = true }
    isSharedGlobal = shared
    instanceParameter = Array("struct \(options.name) *".utf8)
    var isCalled = [Bool](repeating: false, count: module.functions.count)
    for index in referenced where options.isMany && index >= module.importedFunctionCount {
      isCalled[index] = true
    }
    isCalledThroughPointers = isCalled
    let state = ModulePlan.state(isMany: options.isMany)
    globalPlaces = TextList(
      zip(names.globals, module.globals).enumerated().map { index, global in
        let (name, type) = global
        guard shared[index] else { return Array((state + name).utf8) }
        // One of the module's own is declared volatile where traps are exact.
        let isExact = options.isExact && type.isMutable
        if isExact && type.value == .exnref {
          return Array("(*(volatile apus_exnref *)\(state)\(name)->value.exnref)".utf8)
        }
        let global = isExact ? "((volatile struct apus_global *)\(state)\(name))" : state + name
        return Array("\(global)->value.\(type.value.c.member)".utf8)
      })
  }

  package var isMany: Bool { options.isMany }
  package var isSplit: Bool { options.isSplit }

  /// The byte offset where a defined function's body starts.
  @inline(__always)
  package func start(ofFunction index: Int) -> UInt32 {
    module.code[index - module.importedFunctionCount].start
  }
  /// What stands before the name of a piece of state.
  var state: String { ModulePlan.state(isMany: isMany) }

  private static func state(isMany: Bool) -> String { isMany ? "i->" : "" }

  /// A pointer to a memory. Its own ones lie where the state lies; imported ones are pointers.
  func memory(_ index: Int) -> String {
    (memories[index].isImported ? "" : "&") + "\(state)memory\(index)"
  }

  /// What stands before the name of a field of a memory.
  func memoryFields(_ index: Int) -> String {
    "\(state)memory\(index)" + (memories[index].isImported ? "->" : ".")
  }

  /// A pointer to a table.
  func table(_ index: Int) -> String {
    (index < module.importedTableCount ? "" : "&") + "\(state)table\(index)"
  }

  /// What stands before the name of a field of a table.
  func tableFields(_ index: Int) -> String {
    "\(state)table\(index)" + (index < module.importedTableCount ? "->" : ".")
  }

  /// Whether the bytes of a memory are an array of C, whose address the code knows: on boards, where there is one instance
  /// and the memory keeps its size. One that no board has room for stays for the runtime to refuse.
  func isStatic(memory index: Int) -> Bool {
    let memory = memories[index]
    return options.checksStack && !isMany && memory.isFixed && !memory.isImported
      && !memory.isShared && (1...1 << 28).contains(memory.initialSize)
  }

  /// Bytes of such memories.
  package var placedMemory: UInt64 {
    memories.indices.reduce(0) { $0 + (isStatic(memory: $1) ? memories[$1].initialSize : 0) }
  }

  /// What a function that accesses a memory begins with.
  func prologue(ofMemory index: Int) -> String {
    let fields = memoryFields(index)
    let k = number(ofMemory: index)
    if isStatic(memory: index) {
      let size = memories[index].initialSize
      return
        "  u8 *const m\(k) = memory_bytes\(index);\n  const u64 n\(k) = \(size)u;\n  (void)m\(k), (void)n\(k);\n"
    }
    return switch memories[index].strategy {
    case .guard: "  u8 *const m\(k) = \(fields)base;\n  (void)m\(k);\n"
    case .bounds where !memories[index].isShared:
      "  u8 *m\(k) = \(fields)base;\n  u64 n\(k) = \(fields)size;\n  (void)m\(k), (void)n\(k);\n"
    case .bounds, .unchecked: "  u8 *m\(k) = \(fields)base;\n  (void)m\(k);\n"
    }
  }

  /// What follows where a memory may have moved.
  func reload(ofMemory index: Int) -> String {
    let fields = memoryFields(index)
    let k = number(ofMemory: index)
    return switch memories[index].strategy {
    case .guard: ""
    case .bounds where !memories[index].isShared:
      "m\(k) = \(fields)base, n\(k) = \(fields)size;\n"
    case .bounds, .unchecked: "m\(k) = \(fields)base;\n"
    }
  }

  /// What stands behind `m` and `n` in the names of a memory's base and size: nothing for the first.
  private func number(ofMemory index: Int) -> String { index == 0 ? "" : "\(index)" }

  /// The C name of a function.
  package func name(of function: Int) -> [UInt8] { names.functions[function] }

  @inline(__always)
  func putName(of function: Int, to text: inout Text) {
    names.functions.put(function, to: &text)
  }

  /// A pointer to a tag.
  func tag(_ index: Int) -> String {
    (index < module.importedTagCount ? "" : "&") + "\(state)tag\(index)"
  }

  func putTable(_ index: Int, to text: inout Text) { text.put(string: table(index)) }

  @inline(__always)
  func putGlobal(_ index: Int, to text: inout Text) { globalPlaces.put(index, to: &text) }

  func globalPlace(_ index: Int) -> String {
    String(decoding: globalPlaces[index], as: UTF8.self)
  }

  func putElements(_ segment: Int, to text: inout Text) {
    text.put(string: "\(state)elem\(segment), \(state)elem_size\(segment)")
  }

  func putData(_ segment: Int, to text: inout Text) {
    text.put(string: "data\(segment), \(state)data_size\(segment)")
  }

  func putFunctionReference(_ function: Int, to text: inout Text) {
    text.put(string: reference(function))
  }

  /// In `many` a reference carries its instance; in `one` it is a constant.
  func reference(_ function: Int) -> String {
    isMany ? "&i->funcs[\(referenceIndex[function] ?? 0)]" : "&ref\(function)"
  }

  func canonicalType(ofFunction index: Int) -> Int {
    module.canonicalType[Int(module.functions[index])]
  }

  /// The names of a function's first locals.
  func localNames(of function: Int, count: Int) -> LocalNames {
    LocalNames(ofFunction: function, count: count, module.names.locals, bytes)
  }

  /// `u32 f1(struct app *i, u32 l0, u64 *r1)`; `locals` is nil for types only.
  func putSignature(of function: Int, _ locals: LocalNames?, to text: inout Text) {
    let type = module.type(ofFunction: function)
    text.put(type.results.first?.c.name ?? "void")
    text.put(" ")
    putName(of: function, to: &text)
    text.put("(")
    putParameters(type, locals, throughPointers: isCalledThroughPointers[function], to: &text)
    text.put(")")
  }

  /// Appends the line that gives a function its instance, where that comes as `void *`.
  func putInstance(of function: Int, to text: inout Text) {
    guard isCalledThroughPointers[function] else { return }
    text.put("  ")
    text.put(instanceParameter)
    text.put("const i = instance;\n")
  }

  /// The parameters of a function in C, without parentheses.
  private func putParameters(
    _ type: FunctionType, _ locals: LocalNames?, throughPointers: Bool, to text: inout Text
  ) {
    var isFirst = true
    if throughPointers {
      text.put(locals == nil ? "void *" : "void *instance")
      isFirst = false
    } else if isMany {
      text.put(instanceParameter)
      if locals != nil { text.put("i") }
      isFirst = false
    }
    for (k, parameter) in type.parameters.enumerated() {
      if !isFirst { text.put(", ") }
      isFirst = false
      text.put(parameter.c.name)
      if let locals {
        text.put(" ")
        locals.put(k, to: &text)
      }
    }
    for (k, result) in type.results.enumerated().dropFirst() {
      if !isFirst { text.put(", ") }
      isFirst = false
      text.put(result.c.name)
      text.put(" *")
      if locals != nil { text.put(string: "r\(k)") }
    }
    if isFirst { text.put("void") }
  }
}

extension ConstantExpression {
  /// The functions that it refers to.
  var references: [Int] {
    var functions: [Int] = []
    visit { if case .refFunc(let index) = $0 { functions.append(Int(index)) } }
    return functions
  }
}
