// Functions between imported ones and all that calls them.

import WasmEncoder
import WasmModel

/// What stands for an imported function from now on: a function of the type that the import had.
struct ImportDoor {
  /// What the import becomes.
  var imported: FunctionType
  var locals: [ValueType] = []
  /// It calls the import by its index.
  var body: [CodeInstruction]
}

extension EditableModule {
  /// Puts functions in the places of imported ones, for all but themselves.
  ///
  /// - Parameter door: For an import of a function, its index and type; nil where it is to stay.
  /// - Returns: By function index, what stands for an import now.
  mutating func openDoors(_ door: (Import, UInt32, FunctionType) -> ImportDoor?) -> [UInt32: UInt32]
  {
    var doors: [(type: FunctionType, door: ImportDoor)] = []
    var places: [UInt32: UInt32] = [:]
    let first = UInt32(count(.function))
    var number: UInt32 = 0
    for index in imports.indices {
      guard case .function(let declared) = imports[index].kind else { continue }
      let type = types[Int(declared)]
      if let door = door(imports[index], number, type) {
        imports[index].kind = .function(type: typeIndex(door.imported))
        places[number] = first + UInt32(doors.count)
        doors.append((type, door))
      }
      number += 1
    }
    guard !doors.isEmpty else { return [:] }
    self = mappingIndices { space, index in space == .function ? places[index] ?? index : index }
    for (type, door) in doors { _ = define(type, locals: door.locals, door.body) }
    return places
  }
}
