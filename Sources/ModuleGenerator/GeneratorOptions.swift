import WasmModel

/// What a generated module may have.
public struct GeneratorOptions: Sendable {
  /// Proposals that are left out, by the names that `apus inspect` gives them.
  package var without: Set<Feature> = [.legacyExceptions, .relaxedSIMD, .compactImports]
  /// Let the bits of NaNs that were computed reach integers and memory: for engines that make them all the same.
  public var leaksNaNs = false
  /// Instructions of a function, about.
  public var size = 400

  public init() {}

  /// Leaves a proposal out, or takes it in; false where there is none of that name.
  public mutating func set(_ name: String, isUsed: Bool) -> Bool {
    guard let feature = Feature(rawValue: name), feature.isSupported else { return false }
    if isUsed { without.remove(feature) } else { without.insert(feature) }
    return true
  }

  func allows(_ feature: Feature) -> Bool { feature.isSupported && !without.contains(feature) }
}
