/// What a module imports, exports and uses.
public struct Inspection: Sendable {
  public enum Kind: String, Sendable { case function, table, memory, global }

  public struct Import: Sendable {
    public var module: String
    public var name: String
    public var kind: Kind
    /// `(i32, i32) -> i32`, `1..2`, `10.. funcref`, `mut i64`.
    public var type: String
    /// For functions: the C prototype that a host implements, with its final `;`.
    public var prototype: String?
    /// For functions: the name of that C function.
    public var symbol: String?
  }

  public struct Export: Sendable {
    public var name: String
    public var kind: Kind
    public var type: String
    /// For functions: one letter per value as in apus.h, `iI>f`.
    public var signature: String?
    /// For functions: the C function in NAME.h, `app_export_run`.
    public var symbol: String?
  }

  /// The module's own name as a C name, if it has one.
  public var name: String?
  public var imports: [Import] = []
  public var exports: [Export] = []
  /// Proposals that the module uses, by their names: `bulk-memory`.
  public var features: [String] = []
  /// Pages of the memory: minimum and, where stated, maximum.
  public var memory: (minimum: UInt32, maximum: UInt32?)?
  public var functionCount = 0
  public var hasStart = false
  /// Bytes of data that active and passive segments hold.
  public var dataSize = 0
}
