// How calls through tables find their function.

import WasmModel

extension ModuleEmitter {
  /// The functions of a table that never changes, nil for null.
  func closedFunctions(table index: Int) -> [Int?]? {
    if case .closed(let functions) = tables[index] { functions } else { nil }
  }

  /// The types that a closed table is called with, if it has an array of code for each, in which
  /// a call finds NULL where the type is another: it looks at no type. Nil where the arrays would
  /// take too much room: on firmware more than one array of types and code, on hosts 256 KB.
  func codeTypes(table index: Int) -> [Int]? {
    guard let functions = closedFunctions(table: index) else { return nil }
    let types = use.types.indices.filter { use.types[$0] }
    let fits =
      plan.options.checksStack ? types.count < 2 : types.count * functions.count <= 1 << 15
    return fits ? types : nil
  }

  /// Appends what stands for the tables in calls: `indirect0(at, t, site)`, in `one` a pointer
  /// to code, in `many` to a function with its context.
  func indirectCalls(to text: inout Text) {
    for index in tables.indices where use.calls[index] {
      let found: String
      if let functions = closedFunctions(table: index) {
        let count = functions.count
        let length = max(count, 1)
        if let types = codeTypes(table: index) {
          for type in types {
            let name = "codes\(index)_\(type)"
            text.put(string: declare("const apus_code \(name)[\(length)]", name))
          }
          let name = "filled\(index)"
          text.put(string: declare("const u8 \(name)[\(length)]", name))
          found = "apus_closed(codes\(index)_##t, \(count), \(name), at, site)"
        } else {
          let name = "entries\(index)"
          text.put(string: declare("const struct apus_entry \(name)[\(length)]", name))
          found = "apus_closed_typed(\(name), \(count), at, &type##t, site)"
        }
      } else {
        let call = "apus_indirect(\(plan.table(index)), at, &type##t, site)"
        found = plan.isMany ? call : "\(call)->code"
      }
      text.put(string: "#define indirect\(index)(at, t, site) \(found)\n")
    }
  }

  /// Appends the definition of what `indirectCalls` declares for a closed table.
  func closedTable(_ index: Int, to text: inout Text) {
    guard let functions = closedFunctions(table: index) else { return }
    let length = max(functions.count, 1)
    guard let types = codeTypes(table: index) else {
      text.put(string: "\n\(definition)const struct apus_entry entries\(index)[\(length)] = {\n")
      for (k, function) in functions.enumerated() {
        guard let function else { continue }
        text.put(string: "  [\(k)] = ")
        if use.isLive[function] {
          entry(function, to: &text)
        } else {
          text.put(string: "{&type\(plan.canonicalType(ofFunction: function)), NULL},\n")
        }
      }
      text.put(functions.contains { $0 != nil } ? "};\n" : "  {NULL, NULL}};\n")
      return
    }
    for type in types {
      text.put(string: "\n\(definition)const apus_code codes\(index)_\(type)[\(length)] = {\n")
      var isEmpty = true
      for case (let k, let function?) in functions.enumerated()
      where plan.canonicalType(ofFunction: function) == type {
        text.put(string: "  [\(k)] = (apus_code)")
        plan.putName(of: function, to: &text)
        text.put(",\n")
        isEmpty = false
      }
      text.put(isEmpty ? "  NULL};\n" : "};\n")
    }
    text.put(string: "\n\(definition)const u8 filled\(index)[\(length)] = {")
    for (k, function) in functions.enumerated() {
      text.put(k % 32 == 0 ? "\n  " : " ")
      text.put(function == nil ? "0," : "1,")
    }
    text.put(functions.isEmpty ? "0};\n" : "\n};\n")
  }
}
