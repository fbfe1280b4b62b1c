// Where chance comes from.

/// The same numbers for the same seed, everywhere (SplitMix64).
public struct Numbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Below `count`, which is at least 1.
  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// Whether one of so many chances comes up: `chance(1, in: 5)` mostly does not.
  package mutating func chance(_ part: Int, in whole: Int) -> Bool { below(whole) < part }

  /// One of them; there is one.
  package mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// Near the edges of types and of pages, mostly.
  package mutating func edge() -> UInt64 {
    let power = UInt64(1) << UInt64(below(64))
    return switch below(7) {
    case 0: power
    case 1: power &- 1
    case 2: 0 &- power
    case 3: pick([0xffff_ffff, 65536, 65535, 1 << 31, 1 << 31 - 1, 0xffff_ffff_8000_0000])
    case 4, 5: UInt64(below(256))
    default: next()
    }
  }

  /// The bits of a number of 32 or 64 bits: infinities, zeros, signalling NaNs, subnormals among them.
  package mutating func float(bits: Int) -> UInt64 {
    let sign = UInt64(below(2)) << UInt64(bits - 1)
    let (exponent, fraction) = bits == 32 ? (8, 23) : (11, 52)
    let all = (UInt64(1) << UInt64(exponent) - 1) << UInt64(fraction)
    return switch below(10) {
    case 0: sign
    case 1: sign | all
    case 2: sign | all | 1 << UInt64(fraction - 1)
    case 3: sign | all | 1
    case 4: sign | 1
    case 5: sign | UInt64(below(1 << 20))
    // Whole numbers, near where conversions trap.
    case 6: number(pick([31, 32, 63, 64, 53, 24]), sign, bits)
    default: number(below(12), sign, bits) | UInt64(below(8)) << UInt64(fraction - 3)
    }
  }

  /// Two to the power.
  private func number(_ power: Int, _ sign: UInt64, _ bits: Int) -> UInt64 {
    let (bias, fraction) = bits == 32 ? (127, 23) : (1023, 52)
    return sign | UInt64(bias + power) << UInt64(fraction)
  }
}
