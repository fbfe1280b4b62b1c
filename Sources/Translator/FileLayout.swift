// Which function goes to which file.

import CEmitter
import WasmModel

/// The files of a translation.
///
/// Where a file ends is decided by the functions' names and sizes alone, so that a change
/// in one function changes its own file and leaves the others, and their objects, as they are.
struct FileLayout {
  /// Bytes of C for one of code, to guess before the C is there whether it will be split.
  static let growth = 4
  /// Bytes of C that are written at a time, about.
  private static let pieceSize = 1 << 18

  private let plan: ModulePlan
  private let use: ModuleUse
  /// The defined functions that are written, by file.
  private let parts: [[Int]]
  /// By function: whether another file uses it.
  private var isShared: [Bool]

  /// `size` is the number of bytes of C that a file is to have; nil keeps everything together.
  init(
    _ bodies: Bodies, _ functions: FunctionTexts, _ use: ModuleUse, _ plan: ModulePlan, size: Int?
  ) {
    self.plan = plan
    self.use = use
    let module = plan.module
    isShared = Array(repeating: false, count: module.functions.count)
    let live = (module.importedFunctionCount..<module.functions.count).filter { use.isLive[$0] }
    guard let size else {
      parts = [live]
      return
    }
    var parts: [[Int]] = []
    var part: [Int] = []
    var written = 0
    for index in live {
      let count = functions.text(of: index).count
      part.append(index)
      written += count
      if written >= size * 2
        || written >= size / 2 && FileLayout.ends(plan.name(of: index), count, size / 2)
      {
        parts.append(part)
        part = []
        written = 0
      }
    }
    if !part.isEmpty { parts.append(part) }
    self.parts = parts

    var file = [Int32](repeating: -1, count: module.functions.count)
    for (number, part) in parts.enumerated() { for index in part { file[index] = Int32(number) } }
    for index in live {
      for use in bodies.uses(of: index) where use.kind == .call || use.kind == .tailCall {
        if file[Int(use.index)] != file[index] { isShared[Int(use.index)] = true }
      }
    }
    // The main file names these: in tables, references and exports, and as start function.
    for index in plan.roots { isShared[index] = true }
    for index in use.isReferenced.indices where use.isReferenced[index] { isShared[index] = true }
    for index in 0..<module.importedFunctionCount { isShared[index] = true }
  }

  /// Whether a file ends after a function: once in about `distance` bytes of C.
  private static func ends(_ name: [UInt8], _ count: Int, _ distance: Int) -> Bool {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash ^= hash >> 29
    hash &*= 0x9fb2_1c65_1e98_df25
    return hash >> 32 < UInt64(count) << 32 / UInt64(max(distance, 1))
  }

  /// What a file has.
  private enum File {
    case header, privateHeader
    case part(Int)
    case main, names

    var isMain: Bool { if case .main = self { true } else { false } }
  }

  /// The header first, then the C files.
  private var files: [File] {
    [.header] + (plan.isSplit ? [.privateHeader] + parts.indices.map { .part($0) } : [])
      + (plan.options.hasNames ? [.main, .names] : [.main])
  }

  private func name(_ file: File) -> String {
    let name = plan.options.name
    return switch file {
    case .header: "\(name).h"
    case .privateHeader: "\(name)_private.h"
    case .part(let number): "\(name)_\(number + 1).c"
    case .main: "\(name).c"
    case .names: "\(name)_names.c"
    }
  }

  /// Writes the files, by as many threads. The texts of functions are given up on the way.
  func write(
    _ emitter: ModuleEmitter, _ bodies: Bodies, _ functions: FunctionTexts, jobs: Int,
    to output: some TranslationOutput
  ) throws {
    let files = files
    try output.begin(files.map(name))
    // The main file takes longest, with the data.
    let main = files.indices.filter { files[$0].isMain }
    let order = main + files.indices.filter { !files[$0].isMain }
    let queue = Queue(count: files.count)
    try concurrently(min(max(jobs, 1), plan.isSplit ? files.count : 1)) {
      var text = Text(capacity: FileLayout.pieceSize * 2)
      do {
        while let turn = queue.take() {
          let number = order[turn]
          let writer = Writer(
            layout: self, emitter: emitter, bodies: bodies, functions: functions, output: output,
            file: number)
          try writer.write(files[number], &text)
          try output.end(number)
        }
      } catch {
        queue.end(after: -1)
        throw error
      }
    }
  }

  /// Writes one file.
  private struct Writer<Output: TranslationOutput> {
    let layout: FileLayout
    let emitter: ModuleEmitter
    let bodies: Bodies
    let functions: FunctionTexts
    let output: Output
    /// Its place among the files.
    let file: Int

    private func flush(_ text: inout Text) throws {
      try text.withBytes { try output.write($0, to: file) }
      text.removeAll()
    }

    /// - Parameter text: Empty before and after.
    func write(_ file: File, _ text: inout Text) throws {
      let plan = layout.plan
      switch file {
      case .header: text.put(string: emitter.header())
      case .privateHeader: emitter.preamble(to: &text)
      case .part(let number):
        emitter.beginPart(number + 1, to: &text)
        layout.prototypes(in: layout.parts[number], emitter, bodies, to: &text)
        try definitions(layout.parts[number], &text)
      case .main:
        if !plan.isSplit { emitter.preamble(to: &text) }
        try emitter.definitions(to: &text, write: flush)
        layout.prototypes(in: plan.isSplit ? nil : layout.parts[0], emitter, bodies, to: &text)
        emitter.references(to: &text)
        emitter.imports(to: &text)
        if !plan.isSplit { try definitions(layout.parts[0], &text) }
        emitter.epilogue(to: &text)
      case .names: emitter.functionNames(to: &text)
      }
      try flush(&text)
    }

    private func definitions(_ part: [Int], _ text: inout Text) throws {
      for index in part {
        emitter.linkage(isShared: layout.isShared[index], to: &text)
        text.put(functions.text(of: index))
        guard text.count >= FileLayout.pieceSize else { continue }
        try flush(&text)
        functions.release(part[0]..<index)
      }
    }
  }

  /// Prototypes of what a file uses before or without defining it; nil is the main file of a
  /// module of several.
  private func prototypes(
    in part: [Int]?, _ emitter: ModuleEmitter, _ bodies: Bodies, to text: inout Text
  ) {
    var isNeeded = [Bool](repeating: false, count: plan.module.functions.count)
    if let part {
      var isDefined = isNeeded
      for index in part {
        // A symbol of another name than the function's has to be declared.
        if isShared[index] { isNeeded[index] = true }
        isDefined[index] = true
        for use in bodies.uses(of: index) where use.kind == .call {
          if !isDefined[Int(use.index)] || use.index > index { isNeeded[Int(use.index)] = true }
        }
        isDefined[index] = true
      }
    }
    if !plan.isSplit || part == nil {
      for index in use.isLive.indices where use.isLive[index] {
        if index < plan.module.importedFunctionCount || isShared[index] { isNeeded[index] = true }
      }
      for index in plan.roots where use.isLive[index] { isNeeded[index] = true }
      for index in use.isReferenced.indices where use.isReferenced[index] && use.isLive[index] {
        isNeeded[index] = true
      }
    }
    guard let part else {
      for index in isNeeded.indices where isNeeded[index] {
        emitter.prototype(of: index, isShared: isShared[index], to: &text)
      }
      return
    }
    var tails = TailCalls()
    if bodies.hasTailCalls {
      for index in part {
        for use in bodies.uses(of: index) where !use.isTailCall(of: index) {
          tails.add(use, plan)
          // The stub stands before the function.
          if use.kind == .tailCall, use.index >= plan.module.importedFunctionCount || !plan.isMany {
            isNeeded[Int(use.index)] = true
          }
        }
      }
    }
    for index in isNeeded.indices where isNeeded[index] {
      emitter.prototype(of: index, isShared: isShared[index], to: &text)
    }
    emitter.tailCalls(
      tails,
      hasTailCalls: {
        index in
        bodies.uses(of: index).contains {
          $0.kind == .tailCall && !$0.isTailCall(of: index) || $0.kind == .tailType
        }
      }, to: &text)
  }
}
