import Translator

/// What a folder of translated C holds: all that a build system has to know of it.
struct TranslatedSources {
  /// Prefix of the module's C names.
  var name: String
  /// C files of the library: of the module, and of the runtime.
  var translated: [String]
  var runtime: [String]
  var profile: TranslationOptions.Profile
  /// As in Inspection.
  var exceptionWords: Int?
  /// Calls are counted, by module and runtime.
  var countsCalls: Bool
  /// There is a NAME_main.c that makes a WASI program of the library.
  var isProgram: Bool
  /// What an image of a board is made with; then there is a NAME_main.c, too.
  var image: Image?

  struct Image {
    var compiler: String
    var flags: [String]
    /// C files that start the processor and are its console.
    var board: [String]
    var linking: [String]
  }

  var required: [String] {
    CompilerFlags.required(profile, exceptionWords, countsCalls: countsCalls)
  }
  var translatedFlags: [String] { CompilerFlags.translated(profile) }
}
