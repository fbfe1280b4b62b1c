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
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
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
    .target(name: "apus", dependencies: ["Translator"]),
  ],
  swiftLanguageModes: [.v6]
)
