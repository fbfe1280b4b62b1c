import Comparison
import Testing

/// Where two traces part.
struct TracePartingTests {
  private func part(_ one: String, _ other: String) -> TraceParting? {
    Array(one.utf8).withUnsafeBytes { first in
      Array(other.utf8).withUnsafeBytes { TraceParting(first, $0) }
    }
  }

  @Test func theSame() {
    #expect(part("", "") == nil)
    #expect(part("call 0x1 0x0 0x0\n", "call 0x1 0x0 0x0\n") == nil)
  }

  @Test func another() {
    let before = "step 2\ncall 0x1 0x1f 0x0\nblock 0x2 0x0 0x0\n"
    let parting = part(before + "store 0x5 0x8 0x1\n", before + "store 0x5 0x8 0x2\n")
    #expect(
      parting?.text
        == "event 3 of call 2, in function 31: store 0x5 0x8 0x1; store 0x5 0x8 0x2")
  }

  @Test func oneEnds() {
    let parting = part("block 0x1 0x0 0x0\n", "block 0x1 0x0 0x0\nstep 1\n")
    #expect(parting?.text == "event 2: the end; step 1")
    #expect(part("", "block 0x1 0x0 0x0")?.first == nil)
  }
}
