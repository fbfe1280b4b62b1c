// What a module that starts threads of its own has for them: each thread has an instance, with the
// memory that all of them import.

import WasmModel

extension ModulePlan {
  /// The function that a thread begins with, of wasi-threads: `wasi_thread_start (i32, i32) -> ()`
  /// in a module that imports a shared memory. Firmware has no threads.
  var threadStart: Int? {
    guard !options.checksStack, memories.contains(where: { $0.isShared && $0.isImported })
    else { return nil }
    let start = module.exports.first { $0.kind == .function && $0.name == "wasi_thread_start" }
    guard let start,
      module.type(ofFunction: Int(start.index)) == FunctionType(parameters: [.i32, .i32])
    else { return nil }
    return Int(start.index)
  }

  /// What stands before the state of `one`, of which each thread has its own.
  var threadLocal: String { !isMany && threadStart != nil ? "APUS_THREAD " : "" }
}

extension ModuleEmitter {
  var threadsDeclaration: String {
    guard plan.threadStart != nil else { return "" }
    return """

      /* For apus_threads_catch. */
      extern const struct apus_thread_module \(name)_threads;

      """
  }

  /// Appends `NAME_threads`.
  func threads(to text: inout Text) {
    guard let start = plan.threadStart else { return }
    let given = plan.isMany ? "" : "  (void)instance;\n"
    let first = plan.isMany ? "instance, " : ""
    let imports = module.imports.isEmpty ? "NULL" : "imports"
    text.put("static struct apus_outcome thread_make(void *instance, const void *imports) {\n")
    text.put(string: given + (plan.isMany ? "" : "  (void)imports;\n"))
    text.put(
      string: "  return \(name)_instantiate(\(plan.isMany ? "instance, \(imports)" : ""));\n}\n")
    text.put("static void thread_start(void *instance, u32 thread, u32 argument) {\n")
    text.put(string: given + "  ")
    plan.putName(of: start, to: &text)
    text.put(string: "(\(first)thread, argument);\n")
    if throwing.mayThrow(function: start) { text.put("  none_thrown();\n") }
    text.put("}\nstatic void thread_end(void *instance) {\n")
    text.put(string: given + "  \(name)_destroy(\(plan.isMany ? "instance" : ""));\n}\n")
    text.put("static struct apus_host *thread_host(void *instance) {\n")
    text.put(
      string: given
        + (plan.isMany
          ? "  return &((struct \(name) *)instance)->host;\n" : "  return &host;\n"))
    text.put(
      string: """
        }
        const struct apus_thread_module \(name)_threads = {
          \(plan.isMany ? "sizeof(struct \(name))" : "0"), thread_make, thread_start, thread_end, thread_host};


        """)
  }
}
