import Translator

/// The most stack that a module's functions may take, by the frames that gcc tells of (`-fcallgraph-info=su`).
struct StackUse: Codable, Equatable {
  /// What gcc tells of frames and calls by.
  static let flag = "-fcallgraph-info=su"

  /// Nil where there is no bound.
  var bytes: UInt64?
  /// The functions that take it, each called by the one before; where there is no bound, a circle of them.
  var path: [String]
  /// Functions of libraries and of the host that are called, and whose frames are not known.
  var notCounted: [String]

  /// - Parameters:
  ///   - graphs: What gcc wrote for each C file; `isModule` for those of the module.
  ///   - calls: Of the module, whose calls through tables gcc knows nothing about.
  init(graphs: [(text: String, isModule: Bool)], _ calls: CallTable) {
    var graph = Graph()
    for (text, isModule) in graphs { graph.read(text, isModule: isModule) }
    graph.resolve()
    graph.add(calls)
    let around = graph.longest(from: graph.startOfImage)
    graph.addStart()
    let inside = graph.longest(from: graph.nodes.indices.filter { graph.nodes[$0].isModule })
    // The image's `main` calls the module by pointers.
    bytes = inside.bytes.flatMap { inner in around.bytes.map { $0 + inner } }
    path = inside.path.map { graph.nodes[$0].function }.filter { !$0.isEmpty }
      .reduce(into: []) { path, name in
        if path.last != name { path.append(name) }
      }
    if bytes == nil, path.count == 1 { path.append(path[0]) }
    notCounted = Set(
      inside.reached.filter { graph.nodes[$0].frame == nil }.map { graph.nodes[$0].name }
    )
    .sorted()
  }

  /// Functions of C, and who calls whom.
  private struct Graph {
    struct Node {
      /// In C.
      var name: String
      /// Bytes; nil for one that is defined nowhere.
      var frame: UInt64?
      var isModule = false
      var callees: [Int] = []

      /// Without what gcc adds for one that it made of it: `w_f.constprop.0`, `w_f$part$0`.
      var function: String { String(name.prefix { $0 != "." && $0 != "$" }) }
    }
    var nodes: [Node] = []
    /// By gcc's title, which has the file before it for those that are static.
    var places: [String: Int] = [:]
    /// The module's, by their names.
    private var own: [String: Int] = [:]

    private mutating func place(_ title: String) -> Int {
      if let place = places[title] { return place }
      let name = title.lastIndex(of: ":").map { title[title.index(after: $0)...] } ?? title[...]
      nodes.append(Node(name: String(name)))
      places[title] = nodes.count - 1
      return nodes.count - 1
    }

    /// `node: { title: "f" label: "f\nx.c:1:16\n128 bytes (static)" }`
    /// `edge: { sourcename: "f" targetname: "g" label: "x.c:3:5" }`
    mutating func read(_ text: String, isModule: Bool) {
      for line in text.split(separator: "\n") {
        if line.hasPrefix("node: "), let title = Self.value("title", line) {
          let place = place(title)
          guard let label = Self.value("label", line), let size = label.firstRange(of: " bytes (")
          else { continue }
          let digits = label[..<size.lowerBound].reversed().prefix { $0.isNumber }.reversed()
          nodes[place].frame = UInt64(String(digits))
          nodes[place].isModule = isModule
          if isModule { own[nodes[place].name] = place }
        } else if line.hasPrefix("edge: "), let source = Self.value("sourcename", line),
          let target = Self.value("targetname", line), !Self.passedOver.contains(target)
        {
          let caller = place(source)
          nodes[caller].callees.append(place(target))
        }
      }
    }

    /// Calls through pointers, which `CallTable` knows where they matter, and what a trap does that nothing catches: an image
    /// catches all of its module's.
    private static let passedOver: Set<String> = ["__indirect_call", "apus_board_fatal"]

    /// A weak function is called by its name, and has the file in its title where it is defined.
    mutating func resolve() {
      var defined: [String: Int] = [:]
      for (place, node) in nodes.enumerated() where node.frame != nil { defined[node.name] = place }
      for place in nodes.indices where nodes[place].frame == nil {
        guard let definition = defined[nodes[place].name] else { continue }
        nodes[place].frame = 0
        nodes[place].callees.append(definition)
      }
    }

    private static func value(_ key: String, _ line: Substring) -> String? {
      guard let start = line.firstRange(of: key + ": \"") else { return nil }
      let rest = line[start.upperBound...]
      return rest.firstIndex(of: "\"").map { String(rest[..<$0]) }
    }

    /// What the compiler has put into its callers takes nothing itself.
    mutating func add(_ calls: CallTable) {
      var found: [Int] = []
      // Types are nodes without a name.
      let types = Array(repeating: "", count: calls.callees.count - calls.symbols.count)
      for symbol in calls.symbols + types {
        if let place = own[symbol] ?? places[symbol] {
          found.append(place)
        } else {
          nodes.append(Node(name: symbol, frame: 0, isModule: true))
          found.append(nodes.count - 1)
        }
      }
      for (caller, callees) in zip(found, calls.callees) {
        nodes[caller].callees += callees.map { found[$0] }
      }
    }

    /// `main`, and what calls it.
    var startOfImage: [Int] {
      guard let main = places["main"] else { return [] }
      return [main] + nodes.indices.filter { nodes[$0].callees.contains(main) }
    }

    /// What instantiates a module calls its `start` by a pointer that it gives to apus_catch.
    mutating func addStart() {
      guard let start = own["start"], let caught = places["apus_catch"] else { return }
      nodes[caught].callees.append(start)
    }

    /// The path of the largest frames from one of some functions on; of a circle no bytes.
    func longest(from roots: [Int]) -> (bytes: UInt64?, path: [Int], reached: [Int]) {
      enum State { case new, open, done }
      var states = Array(repeating: State.new, count: nodes.count)
      var sums: [UInt64] = nodes.map { $0.frame ?? 0 }
      var next: [Int?] = Array(repeating: nil, count: nodes.count)
      var circle: [Int]?
      var reached: [Int] = []
      for root in roots where states[root] == .new {
        var stack = [(node: root, place: 0)]
        states[root] = .open
        while let (node, place) = stack.last {
          if place < nodes[node].callees.count {
            stack[stack.count - 1].place += 1
            let callee = nodes[node].callees[place]
            if states[callee] == .new {
              states[callee] = .open
              stack.append((callee, 0))
            } else if states[callee] == .open, circle == nil {
              let start = stack.firstIndex { $0.node == callee }!
              circle = stack[start...].map(\.node) + [callee]
            }
            continue
          }
          stack.removeLast()
          states[node] = .done
          reached.append(node)
          let deepest = nodes[node].callees.max { sums[$0] < sums[$1] }
          if let deepest { (sums[node], next[node]) = (sums[node] + sums[deepest], deepest) }
        }
      }
      if let circle { return (nil, circle, reached) }
      guard let root = roots.max(by: { sums[$0] < sums[$1] }) else { return (0, [], []) }
      var path = [root]
      while let node = next[path[path.count - 1]] { path.append(node) }
      return (sums[root], path, reached)
    }
  }
}
