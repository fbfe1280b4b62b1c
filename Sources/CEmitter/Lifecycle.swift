// How instances are made and unmade, and what the outside sees of them.

import WasmModel

extension ModuleEmitter {
  /// Appends everything after the function bodies.
  package func epilogue(to text: inout Text) {
    start(to: &text)
    instantiate(to: &text)
    destroy(to: &text)
    exports(to: &text)
    threads(to: &text)
  }

  /// Appends functions that call the imported ones, for those that are used.
  package func imports(to text: inout Text) {
    let functions = zip(module.imports, interface.importSymbols()).filter {
      $0.0.kind.plain == .function
    }
    for index in 0..<module.importedFunctionCount where use.isLive[index] {
      let type = module.type(ofFunction: index)
      linkage(isShared: plan.isSplit, to: &text)
      plan.putSignature(of: index, LocalNames(), to: &text)
      let call: String
      let result = type.results.first.map { "\($0.c.name)" }
      if plan.isMany {
        let place = "i->funcs[\(plan.referenceIndex[index] ?? 0)]"
        call =
          "((fn\(plan.canonicalType(ofFunction: index)))\(place).code)(\(arguments(type, first: "\(place).context")))"
      } else {
        call = "\(functions[index].1)(\(arguments(type, first: "&host")))"
      }
      // Where nothing here looks after exceptions, those of other modules and of hosts end as traps. WASI throws none.
      let isOfWASI = functions[index].0.module.hasPrefix("wasi")
      if throwing.functions.isEmpty && (plan.isMany || !isOfWASI) {
        text.put(
          string:
            " {\n  host_call_check();\n  \(result.map { "const \($0) r = " } ?? "")\(call);\n  none_thrown_elsewhere();\n\(result == nil ? "" : "  return r;\n")}\n"
        )
        continue
      }
      text.put(
        string: " {\n  host_call_check();\n  \(result == nil ? "" : "return ")\(call);\n}\n")
    }
  }

  private func instantiate(to text: inout Text) {
    if plan.isMany {
      text.put(
        string:
          "struct apus_outcome \(name)_instantiate(struct \(name) *i, const struct \(name)_imports *imports) {\n"
      )
    } else {
      text.put(string: "struct apus_outcome \(name)_instantiate(void) {\n")
    }
    text.put("  struct apus_outcome outcome = {0};\n  (void)outcome;\n")
    if plan.isMany { text.put("  (void)imports;\n") }
    if !plan.options.checksStack {
      text.put("  outcome.trap = APUS_TRAP_MISPLACED_CODE;\n")
      text.put("  if (!apus_code_is_placed()) return outcome;\n")
      text.put("  outcome.trap = APUS_TRAP_NONE;\n")
    }
    link(to: &text)
    var function = 0
    var table = 0
    var memory = 0
    var global = 0
    var tag = 0
    for (index, entry) in module.imports.enumerated() {
      switch entry.kind {
      case .function:
        if plan.isMany {
          let place = plan.referenceIndex[function] ?? 0
          text.put(
            string:
              "  i->funcs[\(place)] = *offered[\(index)].of.func;\n  if (!i->funcs[\(place)].context) i->funcs[\(place)].context = &i->host;\n"
          )
        }
        function += 1
      case .table:
        text.put(string: "  \(state)table\(table) = offered[\(index)].of.table;\n")
        table += 1
      case .memory:
        text.put(string: "  \(state)memory\(memory) = offered[\(index)].of.memory;\n")
        memory += 1
      case .global:
        text.put(string: "  \(state)\(plan.names.globals[global]) = offered[\(index)].of.global;\n")
        global += 1
      case .tag:
        text.put(string: "  \(state)tag\(tag) = offered[\(index)].of.tag;\n")
        tag += 1
      }
    }
    for index in module.importedTagCount..<module.tags.count {
      let type = module.canonicalType[Int(module.tags[index])]
      text.put(string: "  \(state)tag\(index).type = &type\(type);\n")
      nameOfTag(index, to: &text)
    }
    if plan.isMany && !ownReferences.isEmpty {
      let first = plan.referenced.count - ownReferences.count
      text.put(
        string: "  apus_funcs_init(i->funcs + \(first), functions, \(ownReferences.count), i);\n")
    }
    for index in module.globals.indices {
      let type = module.globals[index]
      guard index >= module.importedGlobalCount, isStored(global: index) else { continue }
      let expression = module.globalValues[index - module.importedGlobalCount]
      if plan.isSharedGlobal[index] {
        let place = state + plan.names.globals[index]
        text.put(
          string:
            "  \(place) = &\(state)own_g\(index);\n  \(place)->type = \(type.value.descriptor);\n  \(place)->is_mutable = \(type.isMutable);\n"
        )
        if type.value == .exnref {
          text.put(string: "  \(place)->value.exnref = &\(state)exception_g\(index);\n")
        }
      }
      text.put(string: "  \(plan.globalPlace(index)) = \(value(expression));\n")
    }
    for index in module.importedTableCount..<module.tables.count where isStored(table: index) {
      let type = module.tables[index]
      // More than can be counted is more than there is.
      let minimum = elements(type.limits.minimum)
      let declared = min(
        type.limits.maximum ?? .max, plan.options.isDeterministic ? 10_000_000 : .max)
      let maximum = type.limits.minimum > minimum ? 0 : elements(declared)
      text.put(
        string:
          "  if (!apus_table_init(\(plan.table(index)), \(type.element.descriptor), \(minimum)u, \(maximum)u, NULL)) goto no_memory;\n"
      )
      if type.addressType == .i64 {
        text.put(string: "  \(plan.tableFields(index))is_64 = true;\n")
      }
      if type.limits.maximum != nil {
        text.put(string: "  \(plan.tableFields(index))has_maximum = true;\n")
      }
    }
    // After the tables: on firmware a memory grows in place while nothing follows it.
    for index in module.importedMemoryCount..<module.memories.count {
      let limits = module.memories[index].limits
      let memory = plan.memories[index]
      let layout = module.memories[index].layout
      let isGuarded = memory.strategy == .guard
      let make =
        isGuarded
        ? memory.isShared ? "apus_memory_init_shared" : "apus_memory_init_guarded"
        : layout == nil ? "apus_memory_init" : "apus_memory_init_as"
      if plan.isStatic(memory: index) {
        text.put(
          string:
            "  memory_place(\(plan.memory(index)), memory_bytes\(index), sizeof memory_bytes\(index), \(memory.greatestPages), \(layout ?? "0"));\n"
        )
        if limits.maximum != nil {
          text.put(string: "  \(plan.memoryFields(index))has_maximum = true;\n")
        }
        continue
      }
      let further = isGuarded ? "" : layout.map { ", \($0)" } ?? ""
      // More than can be counted is more than there is.
      let minimum = elements(limits.minimum)
      text.put(
        string:
          "  if (!\(make)(\(plan.memory(index)), \(minimum), \(limits.minimum > minimum ? 0 : memory.greatestPages)\(further))) goto no_memory;\n"
      )
      if limits.maximum != nil {
        text.put(string: "  \(plan.memoryFields(index))has_maximum = true;\n")
      }
    }
    if !module.memories.isEmpty { text.put(string: "  \(state)host.memory = \(plan.memory(0));\n") }
    text.put(string: "  return apus_catch(start, \(plan.isMany ? "i" : "NULL"));\n")
    let ownsTable = (module.importedTableCount..<module.tables.count).contains {
      isStored(table: $0)
    }
    let ownsMemory = (module.importedMemoryCount..<module.memories.count).contains {
      !plan.isStatic(memory: $0)
    }
    if ownsMemory || ownsTable {
      text.put("no_memory:\n  outcome.trap = APUS_TRAP_OUT_OF_MEMORY;\n  return outcome;\n")
    }
    text.put("}\n\n")
  }

  /// Appends the comparison of what is imported with what is offered, in `many` by the caller.
  /// In `one`, functions are called directly, and functions of the host answer where the rest lies.
  private func link(to text: inout Text) {
    let needed = module.imports.indices.filter {
      plan.isMany || module.imports[$0].kind.plain != .function
    }
    if needed.isEmpty { return }
    if plan.isMany {
      text.put("  const struct apus_extern *offered = (const struct apus_extern *)imports;\n")
    } else {
      let symbols = interface.importSymbols()
      text.put(string: "  const struct apus_extern offered[\(module.imports.count)] = {\n")
      for index in needed {
        let kind = module.imports[index].kind.plain.member
        text.put(
          string:
            "    [\(index)] = {APUS_EXTERN_\(kind.uppercased()), {.\(kind) = \(symbols[index])()}},\n"
        )
      }
      text.put("  };\n")
    }
    for index in needed {
      let entry = module.imports[index]
      let test: String
      switch entry.kind {
      case .function(let type):
        test = "apus_link_func(&offered[\(index)], &type\(module.canonicalType[Int(type)]))"
      case .memory(let type):
        let isGuarded =
          MemoryPlan(type, isImported: true, plan.options.memory).strategy == .guard
        if let layout = type.layout {
          let flags = layout + (isGuarded ? " | APUS_MEMORY_GUARDED" : "")
          test = "apus_link_memory_as(&offered[\(index)], \(limits(type.limits)), \(flags))"
        } else {
          test = "apus_link_memory(&offered[\(index)], \(limits(type.limits)), \(isGuarded))"
        }
      case .table(let type):
        test =
          "apus_link_table\(type.addressType == .i64 ? "64" : "")(&offered[\(index)], \(type.element.descriptor), \(limits(type.limits)))"
      case .tag(let type):
        test = "apus_link_tag(&offered[\(index)], &type\(module.canonicalType[Int(type)]))"
      case .global(let type):
        test = "apus_link_global(&offered[\(index)], \(type.value.descriptor), \(type.isMutable))"
      }
      text.put(
        string:
          "  outcome.offset = \(entry.offset);\n  if ((outcome.trap = \(test)) != APUS_TRAP_NONE) return outcome;\n"
      )
    }
    text.put("  outcome.offset = 0;\n")
  }

  private func limits(_ limits: Limits) -> String {
    "\(elements(limits.minimum))u, \(limits.maximum != nil), \(elements(limits.maximum ?? 0))u"
  }

  /// Pages or elements, of which the runtime counts no more than 32 bits have.
  private func elements(_ count: UInt64) -> UInt64 { min(count, UInt64(UInt32.max)) }

  private func destroy(to text: inout Text) {
    text.put(string: "void \(name)_destroy(\(plan.isMany ? "struct \(name) *i" : "void")) {\n")
    for index in (module.importedTableCount..<module.tables.count).reversed()
    where isStored(table: index) {
      text.put(string: "  apus_table_destroy(\(plan.table(index)));\n")
    }
    for index in (module.importedMemoryCount..<module.memories.count).reversed() {
      text.put(
        string: plan.isStatic(memory: index)
          ? "  memory\(index) = (struct apus_memory){0};\n"
          : "  apus_memory_destroy(\(plan.memory(index)));\n")
    }
    if plan.isMany {
      text.put("  __builtin_memset(i, 0, sizeof *i);\n")
    }
    text.put("}\n\n")
  }

  private func exports(to text: inout Text) {
    if !plan.isMany {
      text.put(string: "struct apus_host *\(name)_host(void) { return &host; }\n\n")
    }
    for (export, symbol, type) in exportedFunctions() {
      let locals = plan.localNames(of: Int(export.index), count: type.parameters.count)
      let list = interface.parameters(type, first: instance, locals)
      text.put(string: "\(interface.resultType(type)) \(symbol)(\(list)) { ")
      let mayThrow = throwing.holds(function: Int(export.index))
      if !type.results.isEmpty {
        text.put(string: mayThrow ? "const \(interface.resultType(type)) r = " : "return ")
      }
      plan.putName(of: Int(export.index), to: &text)
      text.put(string: "(\(arguments(type, first: plan.isMany ? "i" : "", locals)));")
      if mayThrow {
        text.put(type.results.isEmpty ? " none_thrown();" : " none_thrown(); return r;")
      }
      text.put(" }\n\n")
    }
    for (export, signature) in objectExports() {
      text.put(string: "\(signature) { return \(place(of: export)); }\n\n")
    }
    guard plan.isMany else { return }
    text.put(
      string:
        "bool \(name)_export(struct \(name) *i, const char *export_name, uint32_t length, struct apus_extern *found) {\n"
    )
    text.put("  (void)i, (void)export_name, (void)length, (void)found;\n")
    for export in module.exports {
      let count = export.name.utf8.count
      text.put(string: "  if (length == \(count) && !__builtin_memcmp(export_name, ")
      var literal = CLiteral(to: &text)
      for byte in export.name.utf8 { literal.put(byte, to: &text) }
      literal.finish(to: &text)
      text.put(string: ", \(count))) {\n")
      let kind = export.kind.member
      text.put(
        string:
          "    found->kind = APUS_EXTERN_\(kind.uppercased());\n    found->of.\(kind) = \(place(of: export));\n"
      )
      text.put("    return true;\n  }\n")
    }
    text.put("  return false;\n}\n")
  }

  /// A pointer to what an export refers to.
  private func place(of export: Export) -> String {
    let index = Int(export.index)
    return switch export.kind {
    case .function: plan.reference(index)
    case .table: plan.table(index)
    case .memory: plan.memory(index)
    case .global: state + plan.names.globals[index]
    case .tag: plan.tag(index)
    }
  }
}
