// Data and element segments, and the constants that references are.

import WasmModel

extension ModuleEmitter {
  /// Appends what the main file defines before the function bodies: state, where it is shared
  /// between files, and constants. Long ones are given to `write` on the way, which takes the text.
  package func definitions(
    to text: inout Text, write: (inout Text) throws -> Void
  ) rethrows {
    if plan.isSplit {
      text.put(string: "/* \(name).c: a translated module. */\n#include \"\(name)_private.h\"\n\n")
      for (index, type) in module.types.enumerated() where module.canonicalType[index] == index {
        if isWritten(type: index) {
          text.put(
            string: "const struct apus_type type\(index) = \(type.descriptorValue);\n")
        }
      }
      text.put("const u32 offsets[] = {")
      for (index, body) in module.code.enumerated() {
        text.put(index % 12 == 0 ? "\n  " : " ")
        text.put(hex: UInt64(body.start))
        text.put(",")
      }
      text.put(module.code.isEmpty ? "0};\n" : "\n};\n")
      if !plan.isMany {
        for (line, _) in declarations() { text.put(string: "\(plan.threadLocal)\(line);\n") }
      }
    }
    text.put("\n")
    try image(to: &text, write: write)
    let needed = module.data.indices.filter { isNeeded(data: $0) }
    for index in needed { data(index, to: &text) }
    if !image.isEmpty || !needed.isEmpty { text.put("\n") }
  }

  /// Appends the constants that name functions, after the prototypes.
  package func references(to text: inout Text) {
    if plan.isMany {
      let own = ownReferences
      if !own.isEmpty {
        text.put(string: "\nstatic const struct apus_entry functions[\(own.count)] = {\n")
        for function in own {
          text.put("  ")
          entry(function, to: &text)
        }
        text.put("};\n")
      }
    } else {
      let referenced = referencedInOne
      if !referenced.isEmpty { text.put("\n") }
      for index in referenced {
        let type = plan.canonicalType(ofFunction: index)
        text.put(
          string: "\(definition)const struct apus_func ref\(index) = {&type\(type), (apus_code)")
        plan.putName(of: index, to: &text)
        text.put(", NULL};\n")
      }
      for index in tables.indices where use.calls[index] { closedTable(index, to: &text) }
    }
    for index in module.elements.indices
    where isStored(elements: index) && elementImages.imageOf[index] == nil {
      if let functions = plainFunctions(index), !functions.isEmpty {
        elements(index, functions, to: &text)
      }
    }
    elementImages(to: &text)
  }

  func entry(_ function: Int, to text: inout Text) {
    text.put("{&type")
    text.put(decimal: UInt64(plan.canonicalType(ofFunction: function)))
    text.put(", (apus_code)")
    plan.putName(of: function, to: &text)
    text.put("},\n")
  }

  /// In `many`, the functions of the module's own that `funcs` holds, after the imported ones.
  var ownReferences: [Int] { plan.referenced.filter { $0 >= module.importedFunctionCount } }

  /// The functions of an element segment, nil for nulls, if it has nothing but those.
  func plainFunctions(_ index: Int) -> [Int?]? {
    if module.elements[index].type == .exnref { return nil }
    var functions: [Int?] = []
    for element in module.elements[index].elements {
      switch element.single {
      case .refFunc(let function): functions.append(Int(function))
      case .refNull: functions.append(nil)
      default: return nil
      }
    }
    return functions
  }

  /// Appends what an element segment holds: constant references in `one`, in `many` the places
  /// of those in `funcs`.
  func elements(_ index: Int, _ functions: [Int?], to text: inout Text) {
    if plan.isMany {
      text.put(string: "\nstatic const u32 places\(index)[] = {")
    } else {
      let isShared = plan.isSplit && use.elements[index]
      text.put(string: "\n\(isShared ? "" : "static ")void *const elem\(index)[] = {")
    }
    for (k, function) in functions.enumerated() {
      text.put(k % 12 == 0 ? "\n  " : " ")
      if plan.isMany {
        text.put(decimal: UInt64(function.map { (plan.referenceIndex[$0] ?? 0) + 1 } ?? 0))
      } else if let function {
        text.put("(void *)&ref")
        text.put(decimal: UInt64(function))
      } else {
        text.put("NULL")
      }
      text.put(",")
    }
    text.put("\n};\n")
  }

  /// Active segments are copied when an instance is made; of the others, code names some.
  private func isNeeded(data index: Int) -> Bool {
    if case .active = module.data[index].mode { return !image.isCovered[index] }
    return use.data[index]
  }

  private func data(_ index: Int, to text: inout Text) {
    let range = module.data[index].bytes
    text.put(
      string: "\(plan.isSplit && use.data[index] ? "" : "static ")const u8 data\(index)[] =\n  ")
    var literal = CLiteral(to: &text)
    literal.put(
      UnsafeRawBufferPointer(rebasing: bytes[Int(range.start)..<Int(range.end)]), to: &text)
    literal.finish(to: &text)
    text.put(";\n")
  }

  /// The bytes that a new memory starts with.
  private func image(to text: inout Text, write: (inout Text) throws -> Void) rethrows {
    guard !image.isEmpty else { return }
    text.put("/* The memory at the start, without its zeros, and where the pieces go. */\n")
    text.put("static const u8 image[] =\n  ")
    var literal = CLiteral(to: &text)
    let pieces = try image.pieces(of: module, bytes) {
      literal.put($0, to: &text)
      try write(&text)
    }
    literal.finish(to: &text)
    text.put(string: ";\nstatic const struct apus_piece pieces[\(max(pieces.count, 1))] = {")
    self.pieces(pieces, to: &text)
    text.put(pieces.isEmpty ? "{0, 0}};\n" : "\n};\n")
  }

  /// Appends where pieces go and how long they are: `{0x400, 12}, {0x500, 3},`.
  func pieces(_ pieces: [(at: Int64, count: Int64)], to text: inout Text) {
    for (k, piece) in pieces.enumerated() {
      text.put(k % 6 == 0 ? "\n  " : " ")
      text.put("{")
      text.put(hex: UInt64(piece.at))
      text.put(", ")
      text.put(decimal: UInt64(piece.count))
      text.put("},")
    }
  }

  /// A constant expression as a C expression. What has only constants in it is computed, also
  /// because very long ones would be slow to print and to compile.
  func value(_ expression: ConstantExpression) -> String {
    enum Part {
      case number(UInt64, isWide: Bool)
      case text(String)

      var text: String {
        switch self {
        case .number(let value, let isWide): isWide ? "\(value)ull" : "\(value)u"
        case .text(let text): text
        }
      }
    }
    var stack: [Part] = []
    for instruction in expression.instructions {
      switch instruction {
      case .i32(let value): stack.append(.number(UInt64(value), isWide: false))
      case .i64(let value): stack.append(.number(value, isWide: true))
      case .f32(let bits): stack.append(.text("f32_bits(\(bits)u)"))
      case .f64(let bits): stack.append(.text("f64_bits(\(bits)ull)"))
      case .v128(let low, let high):
        stack.append(.text("v128_const(\(low)ull, \(high)ull)"))
      case .globalGet(let index): stack.append(.text(plan.globalPlace(Int(index))))
      case .refNull(let type):
        stack.append(.text(type == .exnref ? "(apus_exnref){0}" : "NULL"))
      case .refFunc(let index): stack.append(.text("(" + plan.reference(Int(index)) + ")"))
      case .arithmetic(let opcode):
        let right = stack.removeLast()
        let left = stack.removeLast()
        let (sign, compute): (String, (UInt64, UInt64) -> UInt64) =
          switch InstructionTable.facts[Int(opcode.rawValue)].integer {
          case .add: ("+", { $0 &+ $1 })
          case .sub: ("-", { $0 &- $1 })
          default: ("*", { $0 &* $1 })
          }
        if case .number(let a, let isWide) = left, case .number(let b, _) = right {
          let result = compute(a, b)
          stack.append(.number(isWide ? result : result & 0xffff_ffff, isWide: isWide))
        } else {
          stack.append(.text("(\(left.text) \(sign) \(right.text))"))
        }
      }
    }
    return stack.removeLast().text
  }

  /// Appends what copies an element segment into a table.
  private func copy(elements index: Int, to table: String, at offset: String, _ text: inout Text) {
    let count = module.elements[index].elements.count
    if plan.isMany && !use.elements[index] && count > 0 && plainFunctions(index) != nil {
      text.put(
        string:
          "  apus_table_init_funcs(\(table), \(funcs), places\(index), \(count), \(offset));\n")
    } else {
      let elements = count > 0 ? "\(state)elem\(index)" : "NULL"
      text.put(
        string:
          "  apus_table_init_segment(\(table), \(elements), \(count), \(offset), 0, \(count), 0);\n"
      )
    }
  }

  /// In `many`, the references that an instance holds.
  var funcs: String { plan.referenced.isEmpty ? "NULL" : "i->funcs" }

  /// Appends what may trap when an instance is made.
  func start(to text: inout Text) {
    text.put("\n/* What may trap when an instance is made: segments and the start function. */\n")
    text.put("static void start(void *instance) {\n")
    if plan.isMany {
      text.put(string: "  struct \(name) *i = instance;\n  (void)i;\n")
    } else {
      text.put("  (void)instance;\n")
    }
    for (index, segment) in module.elements.enumerated() where isStored(elements: index) {
      let count = segment.elements.count
      if let functions = plainFunctions(index) {
        if isInState(elements: index) && !functions.isEmpty {
          text.put(
            string: "  apus_elements_init(i->elem\(index), \(funcs), places\(index), \(count));\n")
        }
      } else {
        let cast = segment.type == .exnref ? "" : "(void *)"
        for (k, element) in segment.elements.enumerated() {
          text.put(string: "  \(state)elem\(index)[\(k)] = \(cast)\(value(element));\n")
        }
      }
      if use.elements[index] { text.put(string: "  \(state)elem_size\(index) = \(count);\n") }
    }
    for (index, segment) in module.data.enumerated() where use.data[index] {
      text.put(string: "  \(state)data_size\(index) = \(segment.bytes.count);\n")
    }
    for (index, segment) in module.elements.enumerated() where isStored(elements: index) {
      if let image = elementImages.imageOf[index] {
        if elementImages.images[image].segment == index { copyElementImage(image, to: &text) }
        continue
      }
      if case .passive = segment.mode { continue }
      // Of a table that is a constant, the code may still name a segment, to find it dropped.
      if case .active(let table, let offset) = segment.mode, isStored(table: Int(table)) {
        let isWide = module.tables[Int(table)].addressType == .i64
        copy(
          elements: index, to: plan.table(Int(table)),
          at: isWide ? "index32(\(value(offset)))" : value(offset), &text)
      }
      if use.elements[index] { text.put(string: "  \(state)elem_size\(index) = 0;\n") }
    }
    if !image.isEmpty {
      text.put(
        string:
          "  apus_memory_init_image(\(plan.memory(0)), image, pieces, sizeof pieces / sizeof *pieces);\n"
      )
    }
    for (index, segment) in module.data.enumerated() where !image.isCovered[index] {
      guard case .active(let memory, let offset) = segment.mode else { continue }
      text.put(
        string:
          "  apus_memory_init_segment\(plan.memories[Int(memory)].isWide ? "64" : "")(\(plan.memory(Int(memory))), data\(index), \(segment.bytes.count), \(value(offset)), 0, \(segment.bytes.count), 0);\n"
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
