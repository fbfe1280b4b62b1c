// How the C that `translate` writes is compiled.

import Translator

/// The Makefile that `translate` leaves beside the C.
struct GeneratedMakefile {
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

  private var product: String? { image != nil ? "\(name).elf" : isProgram ? name : nil }

  var text: String {
    """
    # Builds \(product.map { "\($0) and " } ?? "")lib\(name).a from the C that apus wrote.
    # CC, AR, CFLAGS and LDFLAGS are yours.
    \(tools)
    # The C needs these to mean what the module means.
    REQUIRED = \(CompilerFlags.required(profile, exceptionWords, countsCalls: countsCalls).joined(separator: " ")) -iquote . -Iruntime/include\(image.map { " " + ($0.flags + ["-Iruntime/port/image"]).joined(separator: " ") } ?? "")

    TRANSLATED = \(CompilerFlags.translated(profile).joined(separator: " "))

    MODULE = \(objects(translated))
    RUNTIME = \(objects(runtime))
    OBJECTS = $(MODULE) $(RUNTIME)

    all: lib\(name).a\(product.map { " " + $0 } ?? "")

    $(MODULE): REQUIRED += $(TRANSLATED)

    lib\(name).a: $(OBJECTS)
    \trm -f $@
    \t$(AR) rcs $@ $(OBJECTS)

    %.o: %.c
    \t$(CC) $(CFLAGS) $(REQUIRED) -MMD -MP -c -o $@ $<

    -include $(OBJECTS:.o=.d)\(product != nil ? " \(name)_main.d" : "")
    \(image.map(rule) ?? (isProgram ? program : ""))
    clean:
    \trm -f \(product.map { "\($0) \(name)_main.[od] " } ?? "")\(image.map { objects($0.board) + " " } ?? "")lib\(name).a $(OBJECTS) $(OBJECTS:.o=.d)

    .PHONY: all clean

    """
  }

  /// The compiler of a target, unless somebody names another.
  private var tools: String {
    guard let image else { return "CFLAGS ?= -O2\n" }
    // `riscv64-unknown-elf-gcc` has `riscv64-unknown-elf-ar` beside it.
    let archiver =
      image.compiler.hasSuffix("gcc") ? image.compiler.dropLast(3) + "ar" : "ar"
    return """
      ifeq ($(origin CC),default)
      CC = \(image.compiler)
      endif
      ifeq ($(origin AR),default)
      AR = \(archiver)
      endif
      CFLAGS ?= -Os

      """
  }

  private func rule(_ image: Image) -> String {
    let board = objects(image.board)
    return """

      \(name).elf: \(name)_main.o \(board) lib\(name).a
      \t$(CC) $(LDFLAGS) \(image.linking.joined(separator: " ")) -o $@ $^

      """
  }

  private func objects(_ sources: [String]) -> String {
    sources.map { $0.dropLast(2) + ".o" }.joined(separator: " \\\n  ")
  }

  private var program: String {
    """

    \(name): \(name)_main.o lib\(name).a
    \t$(CC) $(LDFLAGS) -o $@ $^ \(CompilerFlags.linking.joined(separator: " "))

    """
  }
}

/// Flags for the C compiler.
enum CompilerFlags {
  /// What the translated C and the runtime rely on, whatever else is asked for.
  static func required(
    _ profile: TranslationOptions.Profile, _ exceptionWords: Int?, countsCalls: Bool
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
    case .firmware: return all + ["-DAPUS_FREESTANDING", "-DAPUS_CONFIG_WASI_BOARD"]
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
