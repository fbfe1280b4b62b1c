/// The Makefile that `translate` leaves beside the C.
struct Makefile {
  let sources: TranslatedSources

  private var name: String { sources.name }
  private var image: TranslatedSources.Image? { sources.image }
  private var product: String? { image != nil ? "\(name).elf" : sources.isProgram ? name : nil }

  var text: String {
    """
    # Builds \(product.map { "\($0) and " } ?? "")lib\(name).a from the C that apus wrote.
    # CC, AR, CFLAGS and LDFLAGS are yours.
    \(tools)
    # The C needs these to mean what the module means.
    REQUIRED = \(sources.required.joined(separator: " ")) -iquote . -Iruntime/include\(image.map { " " + ($0.flags + ["-Iruntime/port/image"]).joined(separator: " ") } ?? "")

    TRANSLATED = \(sources.translatedFlags.joined(separator: " "))

    MODULE = \(objects(sources.translated))
    RUNTIME = \(objects(sources.runtime))
    OBJECTS = $(MODULE) $(RUNTIME)
    \(image.map { "BOARD = \(objects($0.board))\n" } ?? "")
    all: lib\(name).a\(product.map { " " + $0 } ?? "")

    $(MODULE): REQUIRED += $(TRANSLATED)

    lib\(name).a: $(OBJECTS)
    \trm -f $@
    \t$(AR) rcs $@ $(OBJECTS)

    %.o: %.c
    \t$(CC) $(CFLAGS) $(REQUIRED) -MMD -MP -c -o $@ $<

    -include $(OBJECTS:.o=.d)\(image != nil ? " $(BOARD:.o=.d)" : "")\(product != nil ? " \(name)_main.d" : "")
    \(image.map(rule) ?? (sources.isProgram ? program : ""))
    clean:
    \trm -f \(product.map { "\($0) \(name)_main.[od] " } ?? "")\(image != nil ? "$(BOARD) $(BOARD:.o=.d) " : "")lib\(name).a $(OBJECTS) $(OBJECTS:.o=.d)

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

  private func rule(_ image: TranslatedSources.Image) -> String {
    """

    \(name).elf: \(name)_main.o $(BOARD) lib\(name).a
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
