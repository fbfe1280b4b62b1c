// How the C that is written is compiled.

import Translator

/// Flags for the C compiler.
enum CompilerFlags {
  /// What the translated C and the runtime rely on, whatever else is asked for.
  static func required(
    _ profile: TranslationOptions.Profile, _ exceptionWords: Int?, countsCalls: Bool,
    hasFiles: Bool = false
  ) -> [String] {
    let words = exceptionWords.map { ["-DAPUS_EXCEPTION_WORDS=\($0)"] } ?? []
    let counts = countsCalls ? ["-DAPUS_COUNTS_CALLS"] : []
    let all =
      words + counts + [
        "-std=gnu11", "-ffp-contract=off", "-fno-optimize-sibling-calls", "-fno-finite-loops",
        "-fno-math-errno", "-ffunction-sections", "-fdata-sections",
      ]
    switch profile {
    // Frames larger than the guard page must not step over it.
    case .host: return all + ["-fstack-clash-protection"]
    case .firmware:
      return all + ["-DAPUS_FREESTANDING", "-DAPUS_CONFIG_WASI_BOARD"]
        + (hasFiles ? ["-DAPUS_CONFIG_WASI_FILES"] : [])
    }
  }

  /// For the linker. Functions of the C library are looked up before the guest runs: at the end of
  /// a stack there is no room for that.
  static let linking = ["-Wl,--gc-sections", "-Wl,-z,now", "-lm", "-lpthread"]

  /// What translated files need besides: only in the usual sections are faults traps. The
  /// alignment keeps the speed of small loops from hanging on what comes before them.
  static func translated(_ profile: TranslationOptions.Profile) -> [String] {
    profile == .host ? ["-fno-function-sections", "-fno-lto", "-falign-functions=32"] : []
  }
}
