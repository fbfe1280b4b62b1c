import Translator

/// A module as it lies in a file, parsed when something is first asked of it.
final class ModuleFile {
  let path: String
  let contents: Files.Contents
  private let exports: [String]
  private var loaded: LoadedModule?

  /// - Parameter exports: Names of those that it keeps; empty keeps all.
  init(_ path: String, exports: [String] = []) throws {
    self.path = path
    self.exports = exports
    contents = try Files.Contents(of: path)
  }

  private func load() throws(TranslationError) -> LoadedModule {
    if let loaded { return loaded }
    let module = try LoadedModule(contents.bytes)
    loaded = module
    return module
  }

  /// Names a file that is no module for what it is.
  private func failure(_ error: TranslationError) -> Failure {
    if error.stage == .malformed, error.offset < 8, let what = InputKind.describe(contents.bytes) {
      return Failure(.badModule, "\(error.description): \(path) \(what)".printable)
    }
    return Failure(error)
  }

  func validate() throws {
    do { try load().validate() } catch { throw failure(error) }
  }

  /// Without `checksBodies` for a module that is translated, too; `refuses` gets what is wrong
  /// with it.
  func inspect(
    checksBodies: Bool = true, refuses: (TranslationError) -> Void = { _ in }
  ) throws -> Inspection {
    do {
      return try load().inspect(checksBodies: checksBodies, exports: exports)
    } catch {
      refuses(error)
      throw failure(error)
    }
  }

  func calls(_ options: TranslationOptions) throws -> CallTable {
    do { return try load().calls(options) } catch { throw failure(error) }
  }

  /// Nil where no function's body is.
  func place(at offset: UInt32) throws -> CodePlace? {
    do { return try load().place(at: offset) } catch { throw failure(error) }
  }

  /// Writes the C.
  func translate(_ options: TranslationOptions, to output: OutputFolder) throws -> Translated {
    var options = options
    options.fallbackName = CName.stem(path)
    do {
      let translated = try load().translate(options, to: output)
      try output.keep()
      return translated
    } catch let error as TranslationError {
      throw failure(error)
    }
  }

  func dumpIR(_ options: TranslationOptions, after pass: String?, function: Int?) throws -> String {
    do {
      return try Translator.dumpIR(
        contents.bytes, options: options, after: pass, function: function)
    } catch {
      throw failure(error)
    }
  }
}
