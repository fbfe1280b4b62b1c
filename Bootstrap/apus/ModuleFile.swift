// In place of the file of this name in Sources.

import Translator

/// A module as it lies in a file.
struct ModuleFile {
  let path: String
  let contents: Files.Contents

  init(_ path: String) {
    self.path = path
    contents = Files.Contents(of: path)
  }

  func validate() {
    do { try Translator.validate(contents.bytes) } catch { Failure.module(error) }
  }

  /// Without `checksBodies` for a module that has been translated.
  func inspect(checksBodies: Bool = true) -> Inspection {
    do {
      return try Translator.inspect(contents.bytes, checksBodies: checksBodies)
    } catch {
      Failure.module(error)
    }
  }

  /// Writes the C; answers the prefix of the public names.
  func translate(_ options: TranslationOptions, to output: OutputFolder) -> String {
    var options = options
    options.fallbackName = CName.stem(path)
    do {
      let translation = try Translator.translate(contents.bytes, options: options)
      output.keep(translation.files)
      return translation.name
    } catch {
      Failure.module(error)
    }
  }
}
