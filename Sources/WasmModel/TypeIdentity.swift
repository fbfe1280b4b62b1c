// Which types are the same: the specification's "Type equivalence" of recursion groups.

/// Which types of a module are the same, decided while they are read.
///
/// Two types are the same where they have the same place in recursion groups that are the same, each
/// reference into the group itself taken by the place it leads to there. Of `(type (func))`,
/// `(type (func (param i32)))`, `(type (func))` the first and the last are; `first` is [0, 1, 0].
package struct TypeIdentity: Sendable {
  /// For each type index the first one that is the same.
  package private(set) var first: [Int] = []
  /// The first type of each group, by what the group says.
  private var groups: [[UInt64]: Int] = [:]

  package init() {}

  /// The types of the next recursion group.
  mutating func append(group: [FunctionType]) {
    let start = first.count
    var key: [UInt64] = []
    for type in group {
      key.append(UInt64(type.parameters.count))
      key.append(UInt64(type.results.count))
      for value in type.parameters { key.append(identity(of: value, groupStart: start)) }
      for value in type.results { key.append(identity(of: value, groupStart: start)) }
    }
    let same = groups[key] ?? start
    if same == start { groups[key] = start }
    for place in group.indices { first.append(same + place) }
  }

  /// A number that equal types have: a reference's type is named by its place in the group, or by
  /// the first type that is the same.
  private func identity(of type: ValueType, groupStart start: Int) -> UInt64 {
    guard let index = type.index else { return UInt64(type.bits) }
    let isInside = index >= start
    let target = isInside ? index - start : first[index]
    return UInt64(type.withIndex(UInt32(target)).bits) | (isInside ? 1 << 32 : 0)
  }
}
