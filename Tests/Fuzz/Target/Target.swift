// What libFuzzer calls: an input is tried as every other is, and changed as a module where it is one.

import Attempts

#if canImport(Glibc)
  import Glibc
#endif

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: bytes, count: count)
  // The options follow from the input, so that an input alone repeats what it found.
  let number = input.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff }
  if case .failed(let error) = Attempt.run(input, number) {
    fatalError("a valid module was not translated: \(error)")
  }
  return 0
}

/// Changes `bytes` in place, and answers how many it left.
@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int) -> Int

@_cdecl("LLVMFuzzerCustomMutator")
public func customMutator(
  _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: CUnsignedInt
) -> Int {
  let input = UnsafeRawBufferPointer(start: bytes, count: count)
  guard seed % 4 != 0, var mutator = Mutator(input, seed: UInt64(seed)) else {
    return mutateBytes(bytes, count, most)
  }
  mutator.mutate()
  let mutated = mutator.bytes
  if mutated.count > most { return mutateBytes(bytes, count, most) }
  _ = UnsafeMutableBufferPointer(start: bytes, count: most).update(fromContentsOf: mutated)
  return mutated.count
}
