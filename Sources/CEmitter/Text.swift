// A growing buffer of bytes: what the emitter writes to.

import WasmModel

/// Text in the making, with one owner.
package struct Text: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  package private(set) var count = 0

  package init(capacity: Int = 1 << 16) {
    base = Memory.allocate(UInt8.self, capacity: capacity)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  package func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Gives the bytes away, in a buffer that the caller deallocates, and starts anew, in memory that
  /// it gets: what was used once costs no page faults.
  package mutating func take(
    continuingIn memory: UnsafeMutableRawBufferPointer? = nil
  ) -> UnsafeMutableBufferPointer<UInt8> {
    defer {
      if let memory, let start = memory.baseAddress {
        base = start.bindMemory(to: UInt8.self, capacity: memory.count)
        capacity = memory.count
      } else {
        base = Memory.allocate(UInt8.self, capacity: capacity)
      }
      count = 0
    }
    return UnsafeMutableBufferPointer(start: base, count: count)
  }

  /// The bytes in a buffer of their size, which the caller deallocates.
  package func copy() -> UnsafeMutableBufferPointer<UInt8> {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    _ = copy.initialize(from: UnsafeBufferPointer(start: base, count: count))
    return copy
  }

  package mutating func removeAll() { count = 0 }

  mutating func remove(_ range: Range<Int>) {
    (base + range.lowerBound).update(from: base + range.upperBound, count: count - range.upperBound)
    count -= range.count
  }

  /// Puts the last bytes before what begins at a place.
  mutating func moveLast(_ length: Int, to place: Int) {
    let moved = Array(UnsafeBufferPointer(start: base + count - length, count: length))
    (base + place + length).update(from: base + place, count: count - length - place)
    moved.withUnsafeBufferPointer { (base + place).update(from: $0.baseAddress!, count: length) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = Memory.allocate(UInt8.self, capacity: capacity * 2 + more)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = capacity * 2 + more
  }

  /// Makes room for `more` bytes. Sums here and below cannot overflow: they count bytes in memory.
  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if capacity &- count < more { grow(more) }
  }

  @inline(__always)
  package mutating func put(_ string: StaticString) {
    put(UnsafeRawPointer(string.utf8Start), string.utf8CodeUnitCount)
  }

  @inline(__always)
  private mutating func put(_ start: UnsafeRawPointer, _ length: Int) {
    reserve(length)
    UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: length)
    count &+= length
  }

  @inline(__always)
  package mutating func put(byte: UInt8) {
    reserve(1)
    base[count] = byte
    count &+= 1
  }

  @inline(__always)
  mutating func put(_ text: ShortText) {
    reserve(ShortText.capacity)
    text.store(to: base + count)
    count &+= Int(text.count)
  }

  /// Lets `write` append at most `most` bytes: it gets where they go and answers how many they are.
  @inline(__always)
  package mutating func put(upTo most: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
    reserve(most)
    count &+= write(base + count)
  }

  /// A letter and a number: `l12`.
  @inline(__always)
  mutating func put(_ letter: Unicode.Scalar, _ number: UInt32) {
    reserve(2)
    base[count] = UInt8(truncatingIfNeeded: letter.value)
    if number < 10 {
      base[count &+ 1] = 48 &+ UInt8(truncatingIfNeeded: number)
      count &+= 2
    } else {
      count &+= 1
      putDigits(UInt64(number))
    }
  }

  /// The name of a memory's base, size and so on: of the first one the letter alone, `m`, else `m2`.
  mutating func put(_ letter: Unicode.Scalar, ofMemory memory: UInt32) {
    if memory == 0 { return put(byte: UInt8(truncatingIfNeeded: letter.value)) }
    put(letter, memory)
  }

  /// Spaces, written 16 at a time.
  @inline(__always)
  package mutating func put(spaces: Int) {
    reserve(spaces &+ ShortText.capacity)
    var at = 0
    repeat {
      ShortText.spaces.store(to: base + (count &+ at))
      at &+= ShortText.capacity
    } while at < spaces
    count &+= spaces
  }

  mutating func put(zeros: Int) {
    reserve(zeros)
    (base + count).update(repeating: 0, count: zeros)
    count &+= zeros
  }

  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress { put(start, bytes.count) }
  }

  package mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    put(UnsafeRawBufferPointer(bytes))
  }

  mutating func put(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { put($0) }
  }

  /// For names and other rare text.
  package mutating func put(string: String) {
    var string = string
    string.withUTF8 { put($0) }
  }

  @inline(__always)
  package mutating func put(decimal value: UInt64) {
    if value < 10 { return put(byte: 48 &+ UInt8(truncatingIfNeeded: value)) }
    putDigits(value)
  }

  /// Appends a number with more than one digit.
  @inline(never)
  private mutating func putDigits(_ value: UInt64) {
    reserve(20)
    var length = 2
    var limit: UInt64 = 100
    // The greatest have 20 digits, and ten times their limit is none any more.
    while value >= limit && length < 20 {
      length &+= 1
      limit = limit &* 10
    }
    var at = base + (count &+ length)
    count &+= length
    var rest = value
    repeat {
      at -= 1
      at.pointee = 48 &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest != 0
  }

  package mutating func put(hex value: UInt64) {
    reserve(18)
    put("0x")
    var rest = value
    let length = max(1, (67 - value.leadingZeroBitCount) >> 2)
    count &+= length
    var at = base + count
    repeat {
      at -= 1
      let digit = UInt8(truncatingIfNeeded: rest & 15)
      at.pointee = digit < 10 ? 48 &+ digit : 87 &+ digit
      rest >>= 4
    } while rest != 0
  }
}

/// Up to 16 characters, which are copied at once, whatever their number.
struct ShortText: BitwiseCopyable {
  static let capacity = 16
  static var spaces: ShortText {
    ShortText(low: 0x2020_2020_2020_2020, high: 0x2020_2020_2020_2020, count: 16)
  }

  /// The first character is in the lowest byte.
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private(set) var count: UInt8 = 0

  init() {}

  private init(low: UInt64, high: UInt64, count: UInt8) {
    self.low = low
    self.high = high
    self.count = count
  }

  var isEmpty: Bool { count == 0 }
  var isFull: Bool { count == ShortText.capacity }

  mutating func append(_ character: UInt8) {
    precondition(!isFull)
    let shift = UInt64(count & 7) * 8
    if count < 8 { low |= UInt64(character) << shift } else { high |= UInt64(character) << shift }
    count += 1
  }

  /// Writes 16 bytes.
  @inline(__always)
  func store(to place: UnsafeMutablePointer<UInt8>) {
    let place = UnsafeMutableRawPointer(place)
    place.storeBytes(of: low.littleEndian, as: UInt64.self)
    place.storeBytes(of: high.littleEndian, toByteOffset: 8, as: UInt64.self)
  }
}
