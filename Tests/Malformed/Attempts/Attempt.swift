import Translator

/// What the translator makes of an input, whatever that is.
public enum Attempt {
  public enum Outcome {
    case refused(TranslationError.Stage)
    /// Into so many bytes of C.
    case translated(Int)
    /// The module is valid, and was not translated: a defect.
    case failed(TranslationError)
  }

  /// Validates a module; what is valid must translate, too, with options that follow from `number`.
  public static func run(_ bytes: UnsafeRawBufferPointer, _ number: Int) -> Outcome {
    // It reads on where the parser stops.
    _ = Translator.unsupportedProposals(bytes)
    do {
      try Translator.validate(bytes)
    } catch {
      return .refused(error.stage)
    }
    var options = TranslationOptions()
    options.memory = TranslationOptions.Memory.allCases[number % 3]
    options.instances = number % 2 == 0 ? .many : .one
    options.traps = number % 4 < 2 ? .relaxed : .exact
    options.splitSize = number % 5 == 0 ? 1000 : 1 << 20
    do {
      _ = try Translator.inspect(bytes)
      let translation = try Translator.translate(bytes, options: options)
      return .translated(translation.files.reduce(0) { $0 + $1.contents.count })
    } catch {
      // With one instance, only functions can be imported.
      if error.stage == .unsupported && options.instances == .one {
        return .refused(.unsupported)
      }
      return .failed(error)
    }
  }
}
