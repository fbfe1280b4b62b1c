// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "apus",
  products: [
    .executable(name: "apus", targets: ["apus"]),
    .library(name: "Translator", targets: ["Translator"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(
      url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
  ],
  targets: [
    .target(name: "WasmModel"),
    .target(name: "WasmParser", dependencies: ["WasmModel"]),
    .target(name: "WasmValidator", dependencies: ["WasmModel", "WasmParser"]),
    .target(name: "FunctionIR", dependencies: ["WasmModel", "WasmValidator"]),
    .target(name: "CEmitter", dependencies: ["WasmModel", "FunctionIR"]),
    .target(
      name: "Translator",
      dependencies: ["WasmModel", "WasmParser", "WasmValidator", "FunctionIR", "CEmitter"]),
    // Modules that are changed and written again: for the generator and the reducer.
    .target(name: "WasmEncoder", dependencies: ["WasmModel", "WasmParser"]),
    .target(name: "ModuleGenerator", dependencies: ["WasmModel", "WasmEncoder"]),
    .target(
      name: "ModuleReducer",
      dependencies: ["WasmModel", "WasmParser", "WasmValidator", "WasmEncoder"]),
    // What `apus compare` asks of engines, and what it makes of their answers.
    .target(
      name: "Comparison",
      dependencies: ["WasmModel", "WasmEncoder", "ModuleGenerator", "Translator"]),
    // Adapters of engines, embedded.
    .target(
      name: "EngineAdapters",
      exclude: [
        "PROTOCOL.md", "engine_wasmtime.py", "engine_wasm_interp.py", "engine_wasm3.py",
        "engine_node.mjs",
      ]),
    // The files of Runtime-C, embedded, so that the command is one movable file.
    .target(name: "RuntimeSources", exclude: ["update.sh"]),
    .target(
      name: "CToolchain",
      dependencies: [.product(name: "Subprocess", package: "swift-subprocess")]),
    .executableTarget(
      name: "apus",
      dependencies: [
        "Translator", "CToolchain", "RuntimeSources", "ModuleGenerator", "ModuleReducer",
        "Comparison",
        "EngineAdapters",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // What tests do to modules, and with them.
    .target(
      name: "Attempts", dependencies: ["Translator", "WasmEncoder", "ModuleGenerator"],
      path: "Tests/Malformed/Attempts"),
    // Damaged modules, in process; an executable so that it runs optimised.
    .executableTarget(
      name: "malformed", dependencies: ["Attempts", "ModuleGenerator"],
      path: "Tests/Malformed/Command"),
    // The same for libFuzzer.
    .target(name: "FuzzTarget", dependencies: ["Attempts"], path: "Tests/Fuzz/Target"),
    .testTarget(
      name: "WasmModelTests", dependencies: ["WasmModel"], path: "Tests/Unit/WasmModelTests"),
    .testTarget(
      name: "WasmParserTests", dependencies: ["WasmModel", "WasmParser"],
      path: "Tests/Unit/WasmParserTests"),
    .testTarget(
      name: "WasmValidatorTests", dependencies: ["WasmModel", "WasmParser", "WasmValidator"],
      path: "Tests/Unit/WasmValidatorTests"),
    .testTarget(
      name: "WasmEncoderTests", dependencies: ["WasmModel", "WasmParser", "WasmEncoder"],
      path: "Tests/Unit/WasmEncoderTests"),
    .testTarget(
      name: "ComparisonTests",
      dependencies: ["WasmModel", "WasmEncoder", "ModuleGenerator", "Translator", "Comparison"],
      path: "Tests/Unit/ComparisonTests"),
    .testTarget(
      name: "ModuleReducerTests",
      dependencies: ["WasmModel", "WasmEncoder", "ModuleGenerator", "ModuleReducer"],
      path: "Tests/Unit/ModuleReducerTests"),
    .testTarget(
      name: "ModuleGeneratorTests",
      dependencies: ["WasmModel", "WasmParser", "WasmValidator", "WasmEncoder", "ModuleGenerator"],
      path: "Tests/Unit/ModuleGeneratorTests"),
    .testTarget(
      name: "FunctionIRTests",
      dependencies: ["WasmModel", "WasmParser", "WasmValidator", "FunctionIR"],
      path: "Tests/Unit/FunctionIRTests"),
    .testTarget(
      name: "CEmitterTests", dependencies: ["WasmModel", "CEmitter"],
      path: "Tests/Unit/CEmitterTests"),
    .testTarget(
      name: "TranslatorTests", dependencies: ["Translator", "Attempts"],
      path: "Tests/Unit/TranslatorTests"),
  ],
  swiftLanguageModes: [.v6]
)
