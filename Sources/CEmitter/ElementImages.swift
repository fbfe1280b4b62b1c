// What active element segments leave in tables, where many do and nothing else can be seen.

import WasmModel

/// Element segments in a row, all at known places inside their tables: what they put into one
/// table is written as one list, as if a segment had done it. So a segment for each entry costs
/// no more than one for all.
struct ElementImages {
  /// What segments of one row put into one table; the later wins.
  struct Image {
    /// The first of the segments: the list goes by its number, and is copied in its place.
    var segment: Int
    var table: Int
    /// Functions, nil for null: those of all pieces, one after the other.
    var functions: [Int?] = []
    var pieces: [(at: Int, count: Int)] = []
  }

  /// By element segment: the image that it belongs to.
  private(set) var imageOf: [Int?] = []
  private(set) var images: [Image] = []

  init() {}

  /// A segment at a known place that is certain to be inside its table.
  private struct Placed {
    var segment: Int
    var at: Int
    var functions: [Int?]
  }

  init(_ emitter: ModuleEmitter) {
    let elements = emitter.module.elements
    imageOf = Array(repeating: nil, count: elements.count)
    if elements.count < 2 { return }
    // By table, the segments of the row.
    var row: [Int: [Placed]] = [:]
    for index in elements.indices where emitter.isStored(elements: index) {
      guard case .active(let table, let offset) = elements[index].mode else { continue }
      let room = UInt64(emitter.module.tables[Int(table)].limits.minimum)
      // A table is never smaller than it says.
      if !emitter.use.elements[index], case .i32(let at)? = offset.single,
        UInt64(at) + UInt64(elements[index].elements.count) <= room,
        let functions = emitter.plainFunctions(index)
      {
        row[Int(table), default: []].append(
          Placed(segment: index, at: Int(at), functions: functions))
      } else {
        close(&row)
      }
    }
    close(&row)
  }

  private mutating func close(_ row: inout [Int: [Placed]]) {
    for (table, segments) in row.sorted(by: { $0.key < $1.key }) where segments.count > 1 {
      var functions: [Int: Int?] = [:]
      for placed in segments {
        imageOf[placed.segment] = images.count
        for (k, function) in placed.functions.enumerated() {
          functions.updateValue(function, forKey: placed.at + k)
        }
      }
      var image = Image(segment: segments[0].segment, table: table)
      for (at, function) in functions.sorted(by: { $0.key < $1.key }) {
        image.functions.append(function)
        if let last = image.pieces.last, last.at + last.count == at {
          image.pieces[image.pieces.count - 1].count += 1
        } else {
          image.pieces.append((at, 1))
        }
      }
      images.append(image)
    }
    row.removeAll()
  }
}

extension ModuleEmitter {
  /// Appends the lists of the images.
  func elementImages(to text: inout Text) {
    for image in elementImages.images where !image.functions.isEmpty {
      elements(image.segment, image.functions, to: &text)
      text.put(string: "static const struct apus_piece spans\(image.segment)[] = {")
      pieces(image.pieces.map { (Int64($0.at), Int64($0.count)) }, to: &text)
      text.put("\n};\n")
    }
  }

  /// Appends what copies an image into its table.
  func copyElementImage(_ index: Int, to text: inout Text) {
    let image = elementImages.images[index]
    if image.functions.isEmpty { return }
    let segment = image.segment
    let table = plan.table(image.table)
    let copy =
      plan.isMany
      ? "apus_table_init_funcs(\(table), \(funcs), places\(segment) + from, at->count, at->at)"
      : "apus_table_init_segment(\(table), elem\(segment) + from, at->count, at->at, 0, at->count, 0)"
    text.put(
      string: """
          for (u32 k = 0, from = 0; k < \(image.pieces.count); from += spans\(segment)[k++].count) {
            const struct apus_piece *at = &spans\(segment)[k];
            \(copy);
          }

        """)
  }
}
