// Calls of other functions that a function ends with.
//
// C has none that every compiler makes, so there is a loop. A function puts the arguments into words
// of the file's own and names what is to be called, by a stub; then it runs stubs until none
// is named any more, and finds the result in words. If a stub has called it, it leaves both to the
// loop that this one runs in: no frame stays behind.
//
//     static u32 w_even(u32 l0) {                    static void tail_w_odd(void) {
//       const bool inner = tail_inner(w_even);         apus_tail.inner = w_odd;
//       …                                              const u32 r0 = w_odd(get_u32(tail_words, 0));
//       { const u32 a0 = l0 - 1u;                      if (tail_goes_on()) return;
//         set_u32(tail_words, 0, a0); }                set_u32(tail_words, 0, r0);
//       tail_to(tail_w_odd);                           apus_tail.results = tail_words;
//       if (inner) return 0;                         }
//       tail_run();
//       return get_u32(apus_tail.results, 0);
//     }
//
// clang can replace the caller's frame by that of a function of the same type: where it does,
// `w_odd` is called at once, and is told whether a stub has called (`tail_pass`).

import FunctionIR
import WasmModel

extension FunctionEmitter {
  mutating func tailCall(_ node: Node) {
    callCount &+= 1
    let isIndirect = node.op == NodeOp.callIndirect
    let type =
      isIndirect ? plan.module.types[Int(node.a)] : plan.module.type(ofFunction: Int(node.a))
    line("{")
    depth += 1
    for (k, parameter) in type.parameters.enumerated() {
      indent()
      text.put("const ")
      text.put(parameter.c.name)
      text.put(string: " a\(k) = ")
      value(ir.arguments[Int(node.b) + k], .whole)
      text.put(";\n")
    }
    if isIndirect { target(node) }
    // Then the callee's frame would count with clang where it does not with gcc.
    let replaces = !isDeterministic && canReplaceFrame(node, type)
    if replaces { replaceFrame(node, type) }
    for (k, place) in WordLayout(type.parameters).places.enumerated() {
      line("set_\(type.parameters[k].c.name)(tail_words, \(place.c), a\(k));")
    }
    let isImported = !isIndirect && Int(node.a) < plan.module.importedFunctionCount
    if plan.isMany && isImported {
      // By its type, so that the other module sees who calls.
      let place = "i->funcs[\(plan.referenceIndex[Int(node.a)] ?? 0)]"
      line("host_call_check();")
      line("tail_code = \(place).code, tail_context = \(place).context;")
      line("tail_to(tail_t\(plan.canonicalType(ofFunction: Int(node.a))));")
    } else if isIndirect {
      line("tail_to(tail_t\(plan.module.canonicalType[Int(node.a)]));")
    } else {
      if plan.isMany { line("tail_context = i;") }
      indent()
      text.put("tail_to(tail_")
      plan.putName(of: Int(node.a), to: &text)
      text.put(");\n")
    }
    depth -= 1
    line("}")
    let own = plan.module.type(ofFunction: ir.functionIndex)
    let layout = WordLayout(own.results)
    let nothing = own.results.first.map { " (\($0.c.name))\($0.c.zero)" } ?? ""
    if countsFrames { line("leave_frame(&before_);") }
    line("if (inner) return\(nothing);")
    line("tail_run();")
    for k in own.results.indices.dropFirst() {
      line("*r\(k) = get_\(own.results[k].c.name)(apus_tail.results, \(layout.places[k].c));")
    }
    line(own.results.first.map { "return get_\($0.c.name)(apus_tail.results, 0);" } ?? "return;")
    if replaces { text.put("#endif\n") }
  }

  /// Whether the function called is of this one's own type, also in C, and nothing is passed in
  /// memory of the caller's.
  private func canReplaceFrame(_ node: Node, _ type: FunctionType) -> Bool {
    let own = plan.module.type(ofFunction: ir.functionIndex)
    if type != own || (own.parameters + own.results).contains(.exnref) { return false }
    let isPointed = plan.isCalledThroughPointers[ir.functionIndex]
    if node.op == NodeOp.callIndirect { return !plan.isMany || isPointed }
    return Int(node.a) >= plan.module.importedFunctionCount
      && isPointed == plan.isCalledThroughPointers[Int(node.a)]
  }

  /// Prints the call for compilers that can.
  private mutating func replaceFrame(_ node: Node, _ type: FunctionType) {
    let isIndirect = node.op == NodeOp.callIndirect
    text.put("#if APUS_MUSTTAIL\n")
    indent()
    text.put("tail_pass(inner, ")
    putCode(node)
    text.put(");\n")
    indent()
    text.put("tail_return ")
    if isIndirect {
      text.put(string: "((fn\(plan.module.canonicalType[Int(node.a)]))")
      putCode(node)
      text.put(")")
    } else {
      putCode(node)
    }
    var list = plan.isMany ? [isIndirect ? "tail_context" : "i"] : []
    list += type.parameters.indices.map { "a\($0)" }
    list += type.results.indices.dropFirst().map { "r\($0)" }
    text.put(string: "(\(list.joined(separator: ", ")));\n")
    depth -= 1
    line("}")
    depth += 1
    text.put("#else\n")
  }

  private mutating func putCode(_ node: Node) {
    if node.op == NodeOp.callIndirect { return text.put("tail_code") }
    plan.putName(of: Int(node.a), to: &text)
  }

  /// Prints what finds the function of a call through a table.
  private mutating func target(_ node: Node) {
    indent()
    text.put(string: plan.isMany ? "const struct apus_func *const f = " : "tail_code = ")
    text.put(string: "indirect\(node.d)(")
    tableIndex(ir.arguments[Int(node.b) + Int(node.c) - 1])
    text.put(string: ", \(plan.module.canonicalType[Int(node.a)]), ")
    site(node.offset)
    text.put(");\n")
    if plan.isMany { line("tail_code = f->code, tail_context = f->context;") }
  }

  private mutating func line(_ string: String) {
    indent()
    text.put(string: string)
    text.put("\n")
  }
}

/// What a file needs for its tail calls.
package struct TailCalls {
  fileprivate var functions: Set<Int> = []
  fileprivate var types: Set<Int> = []

  package init() {}

  package mutating func add(_ use: Use, _ plan: ModulePlan) {
    switch use.kind {
    case .tailCall where plan.isMany && Int(use.index) < plan.module.importedFunctionCount:
      types.insert(plan.canonicalType(ofFunction: Int(use.index)))
    case .tailCall: functions.insert(Int(use.index))
    case .tailType: types.insert(plan.module.canonicalType[Int(use.index)])
    default: break
    }
  }
}

extension ModuleEmitter {
  /// Appends the words and the stubs; `hasTailCalls` says it of a function.
  package func tailCalls(
    _ calls: TailCalls, hasTailCalls: (Int) -> Bool, to text: inout Text
  ) {
    if calls.functions.isEmpty && calls.types.isEmpty { return }
    let types =
      calls.functions.map { module.type(ofFunction: $0) } + calls.types.map { module.types[$0] }
    var size = WordLayout.Size(words: 1)
    for values in types.flatMap({ [$0.parameters, $0.results] }) {
      let layout = WordLayout(values)
      size.words = max(size.words, layout.size.words)
      size.exceptions = max(size.exceptions, layout.size.exceptions)
    }
    text.put(string: "\nstatic APUS_UNUSED APUS_THREAD u64 tail_words[\(size.c)];\n")
    if plan.isMany { text.put("static APUS_UNUSED APUS_THREAD void *tail_context;\n") }
    if !calls.types.isEmpty { text.put("static APUS_THREAD apus_code tail_code;\n") }
    for index in calls.functions.sorted() {
      let name = String(decoding: plan.name(of: index), as: UTF8.self)
      stub(
        "tail_\(name)", module.type(ofFunction: index), code: name,
        inner: index >= module.importedFunctionCount && hasTailCalls(index)
          ? "(apus_code)\(name)" : nil, to: &text)
    }
    for index in calls.types.sorted() {
      stub(
        "tail_t\(index)", module.types[index], code: "((fn\(index))tail_code)",
        inner: "tail_code", to: &text)
    }
  }

  private func stub(
    _ name: String, _ type: FunctionType, code: String, inner: String?, to text: inout Text
  ) {
    text.put(string: "static APUS_UNUSED void \(name)(void) {\n")
    if let inner { text.put(string: "  apus_tail.inner = \(inner);\n") }
    var list = plan.isMany ? ["tail_context"] : []
    for (parameter, place) in zip(type.parameters, WordLayout(type.parameters).places) {
      list.append("get_\(parameter.c.name)(tail_words, \(place.c))")
    }
    for (k, result) in type.results.enumerated().dropFirst() {
      text.put(string: "  \(result.c.name) r\(k) = \(result.c.zero);\n")
      list.append("&r\(k)")
    }
    let first = type.results.first.map { "const \($0.c.name) r0 = " } ?? ""
    text.put(string: "  \(first)\(code)(\(list.joined(separator: ", ")));\n")
    text.put("  if (tail_goes_on()) return;\n")
    for (k, place) in WordLayout(type.results).places.enumerated() {
      text.put(string: "  set_\(type.results[k].c.name)(tail_words, \(place.c), r\(k));\n")
    }
    text.put("  apus_tail.results = tail_words;\n}\n")
  }
}

extension WordLayout.Size {
  /// `3`, `1 + 2 * APUS_EXNREF_WORDS`: how many words an exception has, the C compiler is told.
  var c: String {
    exceptions == 0 ? "\(words)" : "\(words) + \(exceptions) * APUS_EXNREF_WORDS"
  }
}
