// A thermostat in Embedded Swift. What Swift checks, such as overflows, traps, and the board goes on.

/// Turns the heating on or off.
@_extern(wasm, module: "board", name: "heat")
@_extern(c)
func boardHeat(_ isOn: Int32)

/// Heats below a range of temperatures, and until they are above it.
struct Thermostat {
  /// Tenths of a degree.
  let wanted: ClosedRange<Int32>
  private(set) var isHeating = false
  private var average: Int32?

  init(wanted: ClosedRange<Int32>) { self.wanted = wanted }

  /// Whether the heating is to be on or off from now on; nil where it stays as it is.
  mutating func measure(_ tenths: Int32) -> Bool? {
    let smooth = average.map { ($0 * 3 + tenths) / 4 } ?? tenths
    average = smooth
    let isHeating = smooth < wanted.lowerBound || (self.isHeating && smooth <= wanted.upperBound)
    if isHeating == self.isHeating { return nil }
    self.isHeating = isHeating
    return isHeating
  }
}

nonisolated(unsafe) private var thermostat = Thermostat(wanted: 195...210)

@_expose(wasm, "measure")
@_cdecl("measure")
func measure(_ tenths: Int32) {
  if let isOn = thermostat.measure(tenths) { boardHeat(isOn ? 1 : 0) }
}
