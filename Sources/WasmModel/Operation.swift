// What the validator hands on: a body as flat, typed operations of 16 bytes.
//
// Operations that cannot be reached (after br, return, unreachable …, up to the end
// of their block) are left out, nested blocks included; only the `else` or `end` of
// a block whose start was handed on always comes, marked where nothing falls into it.

/// One reachable instruction of a validated body.
@frozen @usableFromInline
package struct Operation: BitwiseCopyable, Sendable {
  @usableFromInline package var opcode: Opcode
  /// br_if, if: `likely` or `unlikely`; else, end, catch, delegate: 1 where the code before it cannot fall into it; loads and stores: the memory,
  /// and from bit 10 on the lane.
  @usableFromInline package var flags: UInt16
  /// Byte offset in the module.
  @usableFromInline package var offset: UInt32
  /// Index, tag or label depth; block, loop, if: `BlockType`; drop, select, ref.null, ref.is_null: the
  /// value's type; memarg: low half of the offset; br_table: first entry in `immediates`;
  /// call_indirect: type index; memory.copy, table.copy: destination; table.init, memory.init: segment;
  /// constants: low 32 bits; v128.const, shuffle: first of four in `immediates`; with a lane: its
  /// number.
  @usableFromInline package var a: UInt32
  /// try_table: first entry of its clauses in `immediates`; memarg: high half of the offset; call_indirect: table; memory.copy, table.copy: source; memory.init,
  /// table.init: memory or table; br_table: number of entries without the default, which follows them in `immediates`;
  /// constants: high 32 bits.
  @usableFromInline package var b: UInt32

  @inlinable @inline(__always)
  package init(
    opcode: Opcode, flags: UInt16 = 0, offset: UInt32, a: UInt32 = 0, b: UInt32 = 0
  ) {
    self.opcode = opcode
    self.flags = flags
    self.offset = offset
    self.a = a
    self.b = b
  }

  /// In `flags` of a branch: its condition mostly holds, or mostly does not.
  @inlinable @inline(__always) package static var likely: UInt16 { 1 }
  @inlinable @inline(__always) package static var unlikely: UInt16 { 2 }

  /// The 64 bits of a constant, or of a memarg's offset.
  @inlinable @inline(__always) package var bits: UInt64 { UInt64(b) << 32 | UInt64(a) }
  /// What `a` is for block, loop and if.
  @inlinable @inline(__always) package var blockType: BlockType { BlockType(bits: a) }
  /// What `a` is for drop, select, ref.null and ref.is_null.
  @inlinable @inline(__always) package var type: ValueType { ValueType(bits: a) }
}

/// A growing array that is reused from function to function. It has one owner, so that nobody
/// looks at where the elements were before they moved.
@frozen @usableFromInline
package struct Buffer<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline package var base: UnsafeMutablePointer<Element>
  @usableFromInline var capacity: Int
  @usableFromInline package var count = 0

  @inlinable
  package init(capacity: Int = 1024) {
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  @inlinable
  deinit { base.deallocate() }

  /// For so many elements that huge pages may be worth it.
  init(large capacity: Int) {
    base = Memory.allocate(Element.self, capacity: capacity)
    self.capacity = capacity
  }

  /// Gives the memory away, which whoever gets it deallocates.
  package mutating func takeMemory() -> UnsafeMutableRawBufferPointer {
    defer {
      base = .allocate(capacity: 1)
      capacity = 1
      count = 0
    }
    return UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(start: base, count: capacity))
  }

  @inlinable @inline(never)
  mutating func grow(_ more: Int = 1) {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2 + more)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = capacity * 2 + more
  }

  @inlinable @inline(__always)
  package mutating func append(_ element: Element) {
    if count == capacity { grow() }
    base[count] = element
    count += 1
  }

  @inlinable
  package mutating func append(repeating element: Element, count more: Int) {
    if capacity - count < more { grow(more) }
    (base + count).update(repeating: element, count: more)
    count += more
  }

  /// Takes the last element away; the caller knows that there is one.
  @inlinable @inline(__always)
  package mutating func removeLast() -> Element {
    precondition(count > 0)
    count -= 1
    return base[count]
  }

  @inlinable @inline(__always)
  package mutating func removeAll() { count = 0 }

  @inlinable @inline(__always)
  package mutating func truncate(to newCount: Int) {
    precondition(newCount <= count)
    count = newCount
  }

  @inlinable @inline(__always)
  package subscript(index: Int) -> Element {
    get {
      precondition(index < count)
      return base[index]
    }
    // Mutating: else `buffer[k] = f(&owner)` would write to where the elements were before `f` made
    // them move.
    set {
      precondition(index < count)
      base[index] = newValue
    }
  }
}

/// A validated body, where a `BodyBuffer` has it.
package struct FunctionBody: BitwiseCopyable {
  package var functionIndex: Int
  /// Types of the locals, parameters first.
  package var locals: UnsafeBufferPointer<ValueType>
  package var operations: UnsafeBufferPointer<Operation>
  /// What does not fit into an operation: label depths of br_table, vectors, lanes of shuffles.
  package var immediates: UnsafePointer<UInt32>
}

/// Validated bodies one after the other, and what each of them uses.
package struct BodyBuffer: ~Copyable {
  package var locals = Buffer<ValueType>(capacity: 256)
  package var operations = Buffer<Operation>(capacity: 4096)
  package var immediates = Buffer<UInt32>(capacity: 1024)
  package var uses = Buffer<Use>(capacity: 256)
  /// Whether an instruction on vectors, or a local of their type, is among all that it ever had.
  package var usesVectors = false
  /// Whether an atomic access is.
  package var usesAtomics = false
  /// Whether one that throws is.
  package var hasThrows = false
  /// Whether a tail call is.
  package var hasTailCalls = false

  /// Where a body begins, or the one before it ends.
  package struct Mark: BitwiseCopyable, Sendable {
    var locals: Int
    var operations: Int
    var uses: Int
  }

  package init() {}

  /// Room for the operations of so many bytes of code, as code mostly is.
  package mutating func reserve(bytes: Int) {
    operations = Buffer(large: bytes * 5 / 8 + 1)
  }

  package mutating func removeAll() {
    locals.removeAll()
    uses.removeAll()
    removeOperations()
  }

  /// Keeps what the bodies use.
  package mutating func removeOperations() {
    operations.removeAll()
    immediates.removeAll()
  }

  /// Gives another buffer the room for operations, and takes that one's.
  package mutating func exchangeOperations(with other: inout BodyBuffer) {
    swap(&operations, &other.operations)
    swap(&immediates, &other.immediates)
  }

  /// As `removeOperations`, and gives the room away, which whoever gets it deallocates.
  package mutating func takeOperationsMemory() -> UnsafeMutableRawBufferPointer {
    defer { removeOperations() }
    return operations.takeMemory()
  }

  package var mark: Mark {
    Mark(locals: locals.count, operations: operations.count, uses: uses.count)
  }

  /// The body between two marks; good until the buffer changes.
  package func body(ofFunction index: Int, from start: Mark, to end: Mark) -> FunctionBody {
    FunctionBody(
      functionIndex: index,
      locals: UnsafeBufferPointer(
        start: locals.base + start.locals, count: end.locals - start.locals),
      operations: UnsafeBufferPointer(
        start: operations.base + start.operations, count: end.operations - start.operations),
      immediates: UnsafePointer(immediates.base))
  }

  /// The only body that it has.
  package func body(ofFunction index: Int) -> FunctionBody {
    body(ofFunction: index, from: Mark(locals: 0, operations: 0, uses: 0), to: mark)
  }

  /// What the body between two marks uses.
  package func uses(from start: Mark, to end: Mark) -> UnsafeBufferPointer<Use> {
    UnsafeBufferPointer(start: uses.base + start.uses, count: end.uses - start.uses)
  }
}
