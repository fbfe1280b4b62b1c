import Testing
import WasmModel

@testable import CEmitter

/// What is written to a text, as a string.
func written(capacity: Int = 1, _ write: (inout Text) -> Void) -> String {
  var text = Text(capacity: capacity)
  write(&text)
  return text.withBytes { String(decoding: $0, as: UTF8.self) }
}

struct TextTests {
  @Test(arguments: [0, 9, 10, 99, 100, 4_294_967_295, 9_999_999_999_999_999_999, .max])
  func numbers(value: UInt64) {
    #expect(written { $0.put(decimal: value) } == "\(value)")
    #expect(written { $0.put(hex: value) } == "0x" + String(value, radix: 16))
  }

  @Test func lettersWithNumbers() {
    #expect(
      written {
        $0.put("l", 7)
        $0.put("t", 4_294_967_295)
      } == "l7t4294967295")
  }

  @Test(arguments: [0, 2, 16, 17, 40]) func spaces(count: Int) {
    #expect(written { $0.put(spaces: count) } == String(repeating: " ", count: count))
  }

  @Test func growsByAnyAmount() {
    let long = String(repeating: "a", count: 100_000)
    #expect(
      written {
        $0.put("x")
        $0.put(string: long)
        $0.put(byte: 0x79)
      } == "x" + long + "y")
  }

  @Test func piecesMove() {
    #expect(
      written {
        $0.put("abcdefgh")
        $0.remove(2..<4)
        $0.moveLast(3, to: 1)
      } == "afghbe")
    #expect(
      written {
        $0.put("abc")
        $0.moveLast(1, to: 2)
        $0.moveLast(3, to: 0)
        $0.remove(0..<0)
      } == "abc")
  }

  @Test func givesItsBytesAway() {
    var text = Text(capacity: 4)
    text.put("abc")
    let taken = text.take()
    text.put("d")
    let count = text.count
    #expect(taken.elementsEqual("abc".utf8))
    #expect(count == 1)
    taken.deallocate()
  }

  @Test func hugePages() {
    let count = Memory.hugePage + 1
    let text = written(capacity: Memory.hugePage) { for _ in 0..<count { $0.put(byte: 0x61) } }
    #expect(text.utf8.count == count)
    #expect(text.utf8.allSatisfy { $0 == 0x61 })
  }

  @Test func shortTextsEndAtSixteen() {
    var short = ShortText()
    for byte in "0123456789abcdef".utf8 { short.append(byte) }
    #expect(short.isFull)
    #expect(written { $0.put(short) } == "0123456789abcdef")
  }
}

struct CLiteralTests {
  private func literal(_ parts: [[UInt8]]) -> String {
    written { text in
      var literal = CLiteral(to: &text)
      for part in parts { part.withUnsafeBytes { literal.put($0, to: &text) } }
      literal.finish(to: &text)
    }
  }

  /// The bytes that a C compiler makes of adjacent string literals.
  private func bytes(_ literal: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(literal.utf8)[...]
    var isInside = false
    while let byte = rest.popFirst() {
      guard isInside else {
        #expect(byte == 0x22 || byte == 0x20 || byte == 0x0a)
        isInside = byte == 0x22
        continue
      }
      switch byte {
      case 0x22: isInside = false
      case 0x5c:
        let next = rest.popFirst()!
        if next == UInt8(ascii: "n") {
          result.append(0x0a)
        } else if next == UInt8(ascii: "t") {
          result.append(0x09)
        } else if 0x30...0x37 ~= next {
          var value = Int(next - 0x30)
          for _ in 0..<2 {
            guard let digit = rest.first, 0x30...0x37 ~= digit else { break }
            value = value * 8 + Int(digit - 0x30)
            rest.removeFirst()
          }
          result.append(UInt8(value))
        } else {
          result.append(next)
        }
      default: result.append(byte)
      }
    }
    #expect(!isInside)
    return result
  }

  /// Every byte before every other: escapes have as few digits as what follows allows.
  @Test func pairs() {
    var all: [UInt8] = []
    for first in 0...255 { for second in 0...255 { all += [UInt8(first), UInt8(second)] } }
    let text = literal([all])
    #expect(bytes(text) == all)
    #expect(!text.contains("??"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count < 110 })
  }

  @Test func partsAreJoined() {
    #expect(literal([[1], [0x31], [], [0x3f, 0x3f], [0x3f]]) == #""\0011?\?\?""#)
    #expect(literal([]) == #""""#)
    #expect(bytes(literal([[0], [0x37], [0]])) == [0, 0x37, 0])
  }
}
