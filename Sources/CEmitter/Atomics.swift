// Prints atomic accesses and what is said of shared memories.

import FunctionIR
import WasmModel

extension Node {
  /// Makes its operands, which are entries of `arguments`, fields.
  mutating func spread(_ arguments: borrowing Buffer<UInt32>) {
    let (first, count) = (Int(b), Int(c))
    a = arguments[first]
    if count > 1 { b = arguments[first + 1] }
    if count > 2 { c = arguments[first + 2] }
    if count > 3 { d = arguments[first + 3] }
  }
}

extension FunctionEmitter {
  /// The host's address of an access: `AT(x, 8)`, in another memory than the first `AT_IN(1, x, 8)`.
  mutating func place(_ access: Node, _ address: UInt32) {
    if plan.memories[Int(access.a)].isWide {
      text.put("AT64(")
      text.put("m", ofMemory: access.a)
      text.put(", ")
    } else if access.a != 0 {
      text.put("AT_IN(")
      text.put(decimal: UInt64(access.a))
      text.put(", ")
    } else {
      text.put("AT(")
    }
    expression(address, .whole)
    text.put(", ")
    text.put(decimal: UInt64(access.d))
    text.put(")")
  }

  mutating func align(_ s: Statement) {
    text.put("check_aligned(")
    expression(s.a, .whole)
    text.put(", ")
    text.put(decimal: UInt64(s.b))
    text.put(", ")
    text.put(decimal: UInt64(s.op))
    text.put(", ")
    site(s.offset)
    text.put(");\n")
  }

  /// The bytes of a memory; those of a shared one may have become more just now.
  mutating func size(ofMemory index: Int) {
    if plan.memories[index].isShared {
      text.put("apus_memory_size(")
      text.put(string: plan.memory(index))
      text.put(")")
    } else {
      text.put(string: plan.memoryFields(index))
      text.put("size")
    }
  }

  /// The size that a check compares with: that of a shared memory is read anew each time.
  mutating func checkedSize(ofMemory memory: UInt32) {
    if plan.memories[Int(memory)].isShared { return size(ofMemory: Int(memory)) }
    text.put("n", ofMemory: memory)
  }
}
