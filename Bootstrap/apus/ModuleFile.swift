// In place of the file of this name in Sources.

import Translator

/// A module as it lies in a file.
struct ModuleFile {
  let path: String
  let contents: Files.Contents
  private let exports: [String]

  /// - Parameter exports: Names of those that it keeps; empty keeps all.
  init(_ path: String, exports: [String] = []) {
    self.path = path
    self.exports = exports
    contents = Files.Contents(of: path)
  }

  private func fail(_ error: TranslationError) -> Never {
    if error.stage == .malformed, error.offset < 8, let what = InputKind.describe(contents.bytes) {
      Failure.exit(Failure.badModule, "\(error.description): \(path) \(what)".printable)
    }
    Failure.module(error)
  }

  func validate() {
    do { try Translator.validate(contents.bytes) } catch { fail(error) }
  }

  /// Without `checksBodies` for a module that is translated, too; `refuses` gets what is wrong
  /// with it.
  func inspect(
    checksBodies: Bool = true, refuses: (TranslationError) -> Void = { _ in }
  ) -> Inspection {
    do {
      return try LoadedModule(contents.bytes).inspect(
        checksBodies: checksBodies, exports: exports)
    } catch {
      refuses(error)
      fail(error)
    }
  }

  /// Writes the C.
  func translate(_ options: TranslationOptions, to output: OutputFolder) -> Translated {
    var options = options
    options.fallbackName = CName.stem(path)
    do {
      let translation = try Translator.translate(contents.bytes, options: options)
      output.keep(translation.files)
      return translation.module
    } catch {
      fail(error)
    }
  }
}
