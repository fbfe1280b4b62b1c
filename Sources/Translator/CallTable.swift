import CEmitter
import WasmModel
import WasmParser

/// Who calls whom in the C of a module.
public struct CallTable: Sendable {
  /// The C functions of the module's functions, imports first.
  public var symbols: [String]
  /// What each function calls and, behind those, what a call through a table with each type may: functions by their places in
  /// `symbols`, types by their places here.
  public var callees: [[Int]]
}

extension LoadedModule {
  /// - Parameter options: Those that the C is written with.
  public func calls(_ options: TranslationOptions) throws(TranslationError) -> CallTable {
    let unwritten = try prepare(options)
    let plan = unwritten.emitter.plan
    let module = validated.module
    let imported = zip(module.imports, Interface(module).importSymbols()).filter {
      if case .function = $0.0.kind { true } else { false }
    }
    return CallTable(
      symbols: imported.map { $0.1 }
        + (module.importedFunctionCount..<module.functions.count).map {
          String(decoding: plan.name(of: $0), as: UTF8.self)
        },
      callees: plan.callees { unwritten.bodies.uses(of: $0) })
  }
}
