// NAME_names.c: what the functions are called, for the messages of traps.

import WasmModel

extension ModuleEmitter {
  /// Appends the file. `struct apus_names` says what it holds.
  package func functionNames(to text: inout Text) {
    let functions = module.functions.indices.filter { use.isLive[$0] }
    text.put(string: "/* \(name)_names.c: the functions of a translated module by name. */\n")
    text.put(string: "#include \"\(name).h\"\n\n")
    text.put(string: "static const uint32_t starts[\(max(functions.count, 1))] = {")
    for (k, function) in functions.enumerated() {
      let isImported = function < module.importedFunctionCount
      text.put(k % 12 == 0 ? "\n  " : " ")
      text.put(hex: isImported ? 0 : UInt64(plan.start(ofFunction: function)))
      text.put(",")
    }
    text.put(functions.isEmpty ? "0};\n\n" : "\n};\n\n")
    text.put("static const char texts[] =\n  ")
    let names = displayNames()
    let symbols = symbolsByFunction()
    var literal = CLiteral(to: &text)
    for function in functions {
      names[function].withUnsafeBytes { literal.put($0, to: &text) }
      for symbol in symbols[function] where symbol != Names.derived(names[function]) {
        literal.put(1, to: &text)
        symbol.withUnsafeBytes { literal.put($0, to: &text) }
      }
      literal.put(0, to: &text)
    }
    literal.finish(to: &text)
    text.put(
      string: ";\n\nconst struct apus_names \(name)_names = {\(functions.count), starts, texts};\n")
  }

  /// The C functions that a function's body may be in: its own, its exports', the start's.
  private func symbolsByFunction() -> [[[UInt8]]] {
    var symbols = module.functions.indices.map { [plan.name(of: $0)] }
    for (export, symbol, _) in exportedFunctions() {
      symbols[Int(export.index)].append(Array(symbol.utf8))
    }
    if let start = module.start { symbols[Int(start)].append(Array("start".utf8)) }
    return symbols
  }

  /// The names in the name section, else those of imports or exports, else `func[12]`. They are
  /// printed on terminals, so without control characters.
  private func displayNames() -> [[UInt8]] {
    var names = module.functions.indices.map {
      Array(Names.given($0, module.names.functions, bytes))
    }
    func offer(_ name: @autoclosure () -> String, for function: Int) {
      if names[function].isEmpty { names[function] = Array(name().utf8.prefix(Names.longest)) }
    }
    var function = 0
    for entry in module.imports {
      guard case .function = entry.kind else { continue }
      offer("\(entry.module).\(entry.name)", for: function)
      function += 1
    }
    for export in module.exports where export.kind == .function {
      offer(export.name, for: Int(export.index))
    }
    for function in names.indices { offer("func[\(function)]", for: function) }
    for function in names.indices { names[function] = printable(names[function]) }
    return names
  }

  private func printable(_ name: [UInt8]) -> [UInt8] {
    func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7f }
    return name.contains(where: isControl) ? name.map { isControl($0) ? 0x3f : $0 } : name
  }

  /// Appends the line that gives a tag of the module's own its name, for messages, if it has one: that
  /// of the name section, else that of an export.
  func nameOfTag(_ index: Int, to text: inout Text) {
    guard plan.options.hasNames else { return }
    var name = Array(Names.given(index, module.names.tags, bytes))
    if name.isEmpty {
      let export = module.exports.first { $0.kind == .tag && Int($0.index) == index }
      name = Array((export?.name ?? "").utf8.prefix(Names.longest))
    }
    if name.isEmpty { return }
    text.put(string: "  \(state)tag\(index).name = ")
    var literal = CLiteral(to: &text)
    for byte in printable(name) { literal.put(byte, to: &text) }
    literal.finish(to: &text)
    text.put(";\n")
  }
}
