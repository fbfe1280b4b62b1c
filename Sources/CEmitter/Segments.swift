// Data and element segments, and the constants that references and closed tables are.

import WasmModel

extension ModuleEmitter {
  /// Appends what the main file defines before the function bodies: state, where it is shared
  /// between files, and constants.
  package func definitions(to text: inout Text) {
    if plan.isSplit {
      text.put(string: "/* \(name).c: a translated module. */\n#include \"\(name)_private.h\"\n\n")
      for (index, type) in module.types.enumerated() where plan.canonicalType[index] == index {
        if isWritten(type: index) {
          text.put(string: "const char type\(index)[] = \"\(type.signature)\";\n")
        }
      }
      text.put("const u32 offsets[] = {")
      for (index, body) in module.code.enumerated() {
        text.put(index % 12 == 0 ? "\n  " : " ")
        text.put(hex: UInt64(body.start))
        text.put(",")
      }
      text.put(module.code.isEmpty ? "0};\n" : "\n};\n")
      if !plan.isMany { for (line, _) in declarations() { text.put(string: "\(line);\n") } }
    }
    text.put("\n")
    for index in module.data.indices where isNeeded(data: index) { data(index, to: &text) }
  }

  /// Appends the constants that name functions, after the prototypes.
  package func references(to text: inout Text) {
    guard !plan.isMany else { return }
    text.put("\n")
    for index in referencedInOne {
      text.put(
        string:
          "\(definition)const struct apus_func ref\(index) = {type\(plan.canonicalType(ofFunction: index)), (apus_code)"
      )
      plan.putName(of: index, to: &text)
      text.put(", NULL};\n")
    }
    for (index, contents) in tables.enumerated() where use.calls[index] {
      guard case .closed(let functions) = contents else { continue }
      text.put(
        string:
          "\(definition)const struct apus_entry entries\(index)[\(max(functions.count, 1))] = {\n")
      for (k, function) in functions.enumerated() {
        guard let function else { continue }
        text.put(string: "  [\(k)] = {type\(plan.canonicalType(ofFunction: function)), (apus_code)")
        plan.putName(of: function, to: &text)
        text.put("},\n")
      }
      text.put(functions.contains { $0 != nil } ? "};\n" : "  {NULL, NULL}};\n")
    }
  }

  /// Active segments are copied when an instance is made; of the others, code names some.
  private func isNeeded(data index: Int) -> Bool {
    if case .active = module.data[index].mode { return true }
    return use.data[index]
  }

  private func data(_ index: Int, to text: inout Text) {
    let range = module.data[index].bytes
    text.put(
      string: "\(plan.isSplit && use.data[index] ? "" : "static ")const u8 data\(index)[] = \"")
    var afterQuestion = false
    var column = 0
    for at in Int(range.start)..<Int(range.end) {
      let byte = bytes[at]
      switch byte {
      case 0x22, 0x5c:
        text.put("\\")
        text.put(byte: byte)
      case 0x3f where afterQuestion:
        text.put("\\?")
      case 0x20...0x7e:
        text.put(byte: byte)
      default:
        // Three digits, so that a digit that follows is not taken for one of them.
        text.put("\\")
        text.put(byte: 48 + (byte >> 6))
        text.put(byte: 48 + (byte >> 3 & 7))
        text.put(byte: 48 + (byte & 7))
      }
      afterQuestion = byte == 0x3f
      column += 1
      if column == 64 {
        column = 0
        text.put("\"\n  \"")
      }
    }
    text.put("\";\n")
  }

  /// A constant expression as a C expression.
  func value(_ expression: ConstantExpression) -> String {
    var stack: [String] = []
    for instruction in expression.instructions {
      switch instruction {
      case .i32(let value): stack.append("\(value)u")
      case .i64(let value): stack.append("\(value)ull")
      case .f32(let bits): stack.append("f32_bits(\(bits)u)")
      case .f64(let bits): stack.append("f64_bits(\(bits)ull)")
      case .globalGet(let index): stack.append(plan.globalPlace(Int(index)))
      case .refNull: stack.append("NULL")
      case .refFunc(let index): stack.append("(" + plan.reference(Int(index)) + ")")
      case .arithmetic(let opcode):
        let right = stack.popLast() ?? "0"
        let left = stack.popLast() ?? "0"
        let sign =
          [0x6a: "+", 0x6b: "-", 0x6c: "*", 0x7c: "+", 0x7d: "-", 0x7e: "*"][Int(opcode.rawValue)]
          ?? "+"
        stack.append("(\(left) \(sign) \(right))")
      }
    }
    return stack.last ?? "0"
  }

  /// Appends what may trap when an instance is made.
  func start(to text: inout Text) {
    text.put("\n/* What may trap when an instance is made: segments and the start function. */\n")
    text.put("static APUS_CODE void start(void *instance) {\n")
    if plan.isMany {
      text.put(string: "  struct \(name) *i = instance;\n  (void)i;\n")
    } else {
      text.put("  (void)instance;\n")
    }
    for (index, segment) in module.elements.enumerated() where isStored(elements: index) {
      for (k, element) in segment.elements.enumerated() {
        text.put(string: "  \(state)elem\(index)[\(k)] = (void *)\(value(element));\n")
      }
      if use.elements[index] {
        text.put(string: "  \(state)elem_size\(index) = \(segment.elements.count);\n")
      }
    }
    for (index, segment) in module.data.enumerated() where use.data[index] {
      text.put(string: "  \(state)data_size\(index) = \(segment.bytes.count);\n")
    }
    for (index, segment) in module.elements.enumerated() where isStored(elements: index) {
      switch segment.mode {
      case .active(let table, let offset):
        text.put(
          string:
            "  apus_table_init_segment(\(plan.table(Int(table))), \(state)elem\(index), \(segment.elements.count), \(value(offset)), 0, \(segment.elements.count), 0);\n"
        )
        if use.elements[index] { text.put(string: "  \(state)elem_size\(index) = 0;\n") }
      case .declarative:
        if use.elements[index] { text.put(string: "  \(state)elem_size\(index) = 0;\n") }
      case .passive: break
      }
    }
    for (index, segment) in module.data.enumerated() {
      guard case .active(_, let offset) = segment.mode else { continue }
      text.put(
        string:
          "  apus_memory_init_segment(\(plan.memory(0)), data\(index), \(segment.bytes.count), \(value(offset)), 0, \(segment.bytes.count), 0);\n"
      )
      if use.data[index] { text.put(string: "  \(state)data_size\(index) = 0;\n") }
    }
    if let function = module.start {
      text.put("  ")
      plan.putName(of: Int(function), to: &text)
      text.put(plan.isMany ? "(i);\n" : "();\n")
    }
    text.put("}\n\n")
  }
}
