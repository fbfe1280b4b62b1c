import CEmitter
import WasmModel
import WasmParser

/// Where in a module an instruction is.
public struct CodePlace: Sendable, CustomStringConvertible {
  /// In bytes, from the module's start.
  public var offset: UInt32
  /// The function's index, imports first.
  public var function: Int
  /// That the name section gives it.
  public var name: String?
  /// File, line and column, `src/main.c:12:7`, where the module has line tables (DWARF) that know it.
  public var source: String?

  /// `0x3aea is in function 5 "main", src/main.c:12:7`
  public var description: String {
    "0x\(String(offset, radix: 16)) is in function \(function)"
      + (name.map { " \"\($0)\"" } ?? "") + (source.map { ", \($0)" } ?? "")
  }
}

extension LoadedModule {
  /// The instruction at a byte offset, as traps, traces and errors name it; nil where no function's body is.
  public func place(at offset: UInt32) -> CodePlace? {
    let module = validated.module
    guard let index = module.code.firstIndex(where: { $0.start <= offset && offset < $0.end })
    else { return nil }
    let function = module.importedFunctionCount + index
    let name = Names.given(function, module.names.functions, validated.bytes)
    return CodePlace(
      offset: offset, function: function,
      name: name.isEmpty ? nil : String(decoding: name, as: UTF8.self),
      source: SourceLines(validated.bytes).position(of: offset)?.description)
  }
}
