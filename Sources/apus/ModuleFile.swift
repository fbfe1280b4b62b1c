import Translator

/// A module as it lies in a file.
struct ModuleFile {
  let path: String
  let contents: Files.Contents

  init(_ path: String) throws {
    self.path = path
    contents = try Files.Contents(of: path)
  }

  /// Names a file that is no module for what it is.
  private func failure(_ error: TranslationError) -> Failure {
    if error.stage == .malformed, error.offset < 8, let what = InputKind.describe(contents.bytes) {
      return Failure(.badModule, "\(error.description): \(path) \(what)".printable)
    }
    return Failure(error)
  }

  func validate() throws {
    do { try Translator.validate(contents.bytes) } catch { throw failure(error) }
  }

  /// Without `checksBodies` for a module that has been translated.
  func inspect(checksBodies: Bool = true) throws -> Inspection {
    do {
      return try Translator.inspect(contents.bytes, checksBodies: checksBodies)
    } catch {
      throw failure(error)
    }
  }

  /// Writes the C; answers the prefix of the public names.
  func translate(_ options: TranslationOptions, to output: OutputFolder) throws -> String {
    var options = options
    options.fallbackName = CName.stem(path)
    do {
      let name = try Translator.translate(contents.bytes, options: options, to: output)
      try output.keep()
      return name
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
