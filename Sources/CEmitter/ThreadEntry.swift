// What a module that starts threads of its own has for them: each thread has an instance, with the
// memory that all of them import.

import WasmModel

extension ModulePlan {
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
    if throwing.holds(function: start) { text.put("  none_thrown();\n") }
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
