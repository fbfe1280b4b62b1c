import Comparison
import ModuleGenerator
import Testing
import Translator
import WasmEncoder
import WasmModel

struct PlainTests {
  /// Whatever is generated has a plain form that is valid, or a reason to have none.
  @Test(arguments: 0..<60 as Range<UInt64>) func plainFormsAreValid(seed: UInt64) throws {
    let generated = ModuleGenerator.module(seed: seed)
    let bytes = generated.withUnsafeBytes { Observed.module($0) } ?? generated
    try bytes.withUnsafeBytes { bytes in
      let module = try EditableModule(decoding: bytes)
      let plan = try Plan(try Translator.inspect(bytes), rounds: 2, seed: seed)
      let isSimple =
        module.memories.count < 2
        && module.memories.allSatisfy { $0.addressType == .i32 && !$0.isShared }
        && module.tables.allSatisfy { $0.addressType == .i32 }
      guard let plain = plan.plainModule(bytes) else { return #expect(!isSimple) }
      #expect(isSimple)
      try plain.withUnsafeBytes { bytes in
        let seen = try Translator.inspect(bytes)
        #expect(seen.exports.allSatisfy { $0.type.starts(with: "() ->") })
        let perStep = 1 + plan.globals.count + plan.tables.count
        #expect(
          seen.exports.count == perStep * (plan.calls.count + 1) + plan.memories.count)
        #expect(seen.imports.allSatisfy { $0.module == "host" && $0.type.hasSuffix("-> ()") })
      }
    }
  }
}
