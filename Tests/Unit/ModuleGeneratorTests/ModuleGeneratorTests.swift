import ModuleGenerator
import Testing
import WasmEncoder
import WasmModel
import WasmParser
import WasmValidator

/// Proposals that a module uses; throws where it is not valid.
private func features(_ bytes: [UInt8]) throws -> Set<Feature> {
  try bytes.withUnsafeBytes { bytes in
    let module = try WasmValidator.validateModule(try WasmParser.parse(bytes), bytes: bytes)
    var validator = FunctionValidator(module: module)
    var body = BodyBuffer()
    for index in module.module.code.indices {
      body.removeAll()
      try validator.validate(index, body: &body, recording: false)
    }
    return module.features.union(validator.features())
  }
}

private func all() -> GeneratorOptions {
  var options = GeneratorOptions()
  for feature in Feature.allCases { _ = options.set(feature.rawValue, isUsed: true) }
  return options
}

struct ModuleGeneratorTests {
  @Test func modulesAreValid() throws {
    for seed in 0..<150 as Range<UInt64> {
      _ = try features(ModuleGenerator.module(seed: seed))
      _ = try features(ModuleGenerator.module(seed: seed, options: all()))
    }
  }

  @Test func linkedModulesImportFromTheOneBefore() throws {
    var kinds: Set<Export.Kind> = []
    for seed in 0..<40 as Range<UInt64> {
      var before: EditableModule?
      for (name, bytes) in ModuleGenerator.linkedModules(seed: seed, count: 3, options: all()) {
        _ = try features(bytes)
        let module = try bytes.withUnsafeBytes { try EditableModule(decoding: $0) }
        let given = before.map { $0.exports.map(\.name) } ?? []
        for entry in module.imports where entry.module.hasPrefix("m") {
          #expect(given.contains(entry.name), "\(name) of seed \(seed)")
          switch entry.kind {
          case .function: kinds.insert(.function)
          case .memory: kinds.insert(.memory)
          case .table: kinds.insert(.table)
          case .global: kinds.insert(.global)
          case .tag: kinds.insert(.tag)
          }
        }
        before = module
      }
    }
    #expect(kinds.count == 5)
    let alone = ModuleGenerator.linkedModules(seed: 7, count: 1)
    #expect(alone.map(\.bytes) == [ModuleGenerator.module(seed: 7)])
  }

  @Test func aSeedGivesOneModule() {
    #expect(ModuleGenerator.module(seed: 7) == ModuleGenerator.module(seed: 7))
    #expect(ModuleGenerator.module(seed: 7) != ModuleGenerator.module(seed: 8))
  }

  /// A new row of the table is generated the day it is added.
  @Test func everyInstructionOfTheTableOccurs() throws {
    var missing = Set(Instruction.all.filter { $0.kind != .unsupported }.map(\.opcode))
    for seed in 0..<3000 as Range<UInt64> where !missing.isEmpty {
      let bytes = ModuleGenerator.module(seed: seed, options: all())
      let module = try bytes.withUnsafeBytes { try EditableModule(decoding: $0) }
      for function in module.functions {
        for instruction in function.body { missing.remove(instruction.opcode) }
      }
    }
    #expect(missing.map { InstructionTable.rows[Int($0.rawValue)]!.name }.sorted() == [])
  }

  @Test(arguments: [
    "simd", "exception-handling", "memory64", "threads", "tail-call", "multi-memory",
    "branch-hinting",
  ])
  func proposalsAreLeftOut(name: String) throws {
    var options = all()
    let isKnown = options.set(name, isUsed: false)
    #expect(isKnown)
    let feature = try #require(Feature(rawValue: name))
    #expect(
      try (0..<60 as Range<UInt64>).contains {
        try features(ModuleGenerator.module(seed: $0, options: all())).contains(feature)
      })
    for seed in 0..<60 as Range<UInt64> {
      #expect(
        !(try features(ModuleGenerator.module(seed: seed, options: options)).contains(feature)))
    }
  }

  @Test func unknownProposalsAreRefused() {
    var options = GeneratorOptions()
    for name in ["gc", "nosuch"] {
      let isKnown = options.set(name, isUsed: true)
      #expect(!isKnown)
    }
  }
}
