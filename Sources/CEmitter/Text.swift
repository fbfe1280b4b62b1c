// A growing buffer of bytes: what the emitter writes to.

/// Text in the making. The owner calls `free`.
package struct Text {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  package private(set) var count = 0

  package init(capacity: Int = 1 << 16) {
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  package func free() { base.deallocate() }

  package func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// The bytes, in a buffer of their own that the caller deallocates.
  package func copy() -> UnsafeMutableBufferPointer<UInt8> {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    _ = copy.initialize(from: UnsafeBufferPointer(start: base, count: count))
    return copy
  }

  package mutating func removeAll() { count = 0 }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + more)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = capacity * 2 + more
  }

  @inline(__always)
  package mutating func put(_ string: StaticString) {
    let length = string.utf8CodeUnitCount
    if capacity - count < length { grow(length) }
    (base + count).update(from: string.utf8Start, count: length)
    count += length
  }

  @inline(__always)
  package mutating func put(byte: UInt8) {
    if capacity == count { grow(1) }
    base[count] = byte
    count += 1
  }

  /// Lets `write` append at most `most` bytes: it gets where they go and answers how many they are.
  @inline(__always)
  package mutating func put(upTo most: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
    if capacity - count < most { grow(most) }
    count += write(base + count)
  }

  @inline(__always)
  package mutating func put(spaces: Int) {
    if capacity - count < spaces { grow(spaces) }
    (base + count).update(repeating: 0x20, count: spaces)
    count += spaces
  }

  package mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    if capacity - count < bytes.count { grow(bytes.count) }
    (base + count).update(from: start, count: bytes.count)
    count += bytes.count
  }

  package mutating func put(_ text: borrowing Text) {
    put(UnsafeBufferPointer(start: text.base, count: text.count))
  }

  /// For names and other rare text.
  package mutating func put(string: String) {
    var string = string
    string.withUTF8 { put($0) }
  }

  package mutating func put(decimal value: UInt64) {
    if value < 10 { return put(byte: 48 + UInt8(truncatingIfNeeded: value)) }
    if capacity - count < 20 { grow(20) }
    var rest = value
    var length = 1
    while rest >= 10 {
      rest /= 10
      length += 1
    }
    count += length
    var at = count
    rest = value
    repeat {
      at -= 1
      base[at] = 48 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest != 0
  }

  package mutating func put(hex value: UInt64) {
    if capacity - count < 18 { grow(18) }
    put("0x")
    var rest = value
    let length = max(1, (67 - value.leadingZeroBitCount) >> 2)
    count += length
    var at = count
    repeat {
      at -= 1
      let digit = UInt8(truncatingIfNeeded: rest & 15)
      base[at] = digit < 10 ? 48 + digit : 87 + digit
      rest >>= 4
    } while rest != 0
  }
}
