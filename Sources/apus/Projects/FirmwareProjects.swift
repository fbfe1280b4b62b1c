// Libraries for the build systems of firmware. The application gives the module its memory, and says where the stack ends.

/// Numbers that are chosen when firmware is configured.
struct FirmwareChoices {
  let sources: TranslatedSources

  struct Choice {
    /// `MEMORY`
    var name: String
    var about: String
    var help: String
    var value: UInt64
    /// The macro that takes it; nil where the application does.
    var macro: String?
  }

  var all: [Choice] {
    var all = [
      Choice(
        name: "MEMORY", about: "Bytes for its memory and tables",
        help:
          "What the application gives with apus_port_give: at least what the module begins with.",
        value: sources.leastMemory, macro: nil)
    ]
    guard sources.usesWASI else { return all }
    all += [
      ("FD_MAX", "Descriptors that it may have open", 8),
      ("PATH_MAX", "Bytes of a path, with the end", 128),
      ("FOLDER_MAX", "Folders that it may have open", 2),
      ("POLL_MAX", "What it may wait for at a time", 8),
    ].map { (name, about, value) in
      Choice(
        name: "WASI_" + name, about: about, help: "See runtime/include/apus_wasi_board.h.",
        value: value,
        macro: "APUS_CONFIG_WASI_" + name)
    }
    return all
  }

  private var prefix: String { "APUS_" + sources.name.uppercased() + "_" }

  /// `CONFIG_APUS_APP_MEMORY`
  func option(_ choice: Choice) -> String { "CONFIG_" + prefix + choice.name }

  /// Definitions of macros, as CMake takes them.
  var definitions: [String] {
    all.compactMap { choice in choice.macro.map { "\($0)=${\(option(choice))}" } }
  }

  var kconfig: String {
    all.map { choice in
      """
      config \(prefix)\(choice.name)
        int "\(choice.about)"
        default \(choice.value)
        help
          \(choice.help)

      """
    }.joined(separator: "\n")
  }
}

/// A component of ESP-IDF.
struct ESPIDFComponent {
  let sources: TranslatedSources

  var files: [(path: String, text: String)] {
    let choices = FirmwareChoices(sources: sources)
    let name = sources.name
    let required = sources.requiredParts
    return [
      (
        "CMakeLists.txt",
        """
        # A component of ESP-IDF: the WebAssembly module \(name), as C that apus wrote. In the application:
        #
        #     #include "\(name).h"
        #     static uint8_t memory[\(choices.option(choices.all[0]))];
        #     apus_port_give(memory, sizeof memory);
        #     apus_port_stack(pxTaskGetStackStart(NULL), 1024);
        #
        # \(name).h and runtime/include/apus.h say what else there is.
        idf_component_register(
          SRCS\(CMakeText.list(sources.translated + sources.runtime, indented: 4))
          INCLUDE_DIRS . runtime/include)
        # The C needs these to mean what the module means.
        target_compile_options(${COMPONENT_LIB} PRIVATE\(CMakeText.list(required.options)))
        target_compile_definitions(${COMPONENT_LIB} PUBLIC\(CMakeText.list(required.definitions + choices.definitions)))

        """
      ),
      (
        "Kconfig",
        "menu \"\(name), a WebAssembly module\"\n\n\(choices.kconfig)\nendmenu\n"
      ),
      (
        "idf_component.yml",
        """
        version: "\(Version.number)"
        description: "\(name), a WebAssembly module as C"
        dependencies:
          idf: ">=5.0"

        """
      ),
    ]
  }
}

/// A module of Zephyr, which ZEPHYR_EXTRA_MODULES names.
struct ZephyrModule {
  let sources: TranslatedSources

  var files: [(path: String, text: String)] {
    let choices = FirmwareChoices(sources: sources)
    let name = sources.name
    let option = "APUS_" + name.uppercased()
    let required = sources.requiredParts
    let folder = "${CMAKE_CURRENT_SOURCE_DIR}"
    return [
      (
        "zephyr/module.yml",
        """
        name: \(name)
        build:
          cmake: .
          kconfig: Kconfig

        """
      ),
      (
        "Kconfig",
        """
        config \(option)
          bool "\(name), a WebAssembly module"

        if \(option)

        \(choices.kconfig)
        endif

        """
      ),
      (
        "CMakeLists.txt",
        """
        # A module of Zephyr: the WebAssembly module \(name), as C that apus wrote.
        #
        #     west build -- -DZEPHYR_EXTRA_MODULES=<this folder> -DCONFIG_\(option)=y
        #
        # In the application:
        #
        #     #include "\(name).h"
        #     static uint8_t memory[\(choices.option(choices.all[0]))];
        #     apus_port_give(memory, sizeof memory);
        #     apus_port_stack((void *)k_current_get()->stack_info.start, 1024);
        #
        # \(name).h and runtime/include/apus.h say what else there is.
        if(CONFIG_\(option))
          zephyr_library_named(\(name))
          zephyr_library_sources(\(CMakeText.list(sources.translated + sources.runtime, indented: 4)))
          zephyr_include_directories(\(folder) \(folder)/runtime/include)
          # The C needs these to mean what the module means.
          zephyr_library_compile_options(\(CMakeText.list(required.options, indented: 4)))
          zephyr_compile_definitions(\(CMakeText.list(required.definitions + choices.definitions, indented: 4)))
        endif()

        """
      ),
    ]
  }
}

/// A library of PlatformIO, for its folder `lib`.
struct PlatformIOLibrary {
  let sources: TranslatedSources

  /// None of the words has a character that JSON escapes.
  private func list(_ words: [String]) -> String {
    words.map { "      \"\($0)\"" }.joined(separator: ",\n")
  }

  var files: [(path: String, text: String)] {
    let name = sources.name
    let filter = ["-<*>"] + (sources.translated + sources.runtime).map { "+<\($0)>" }
    return [
      (
        "library.json",
        """
        {
          "name": "\(name)",
          "version": "\(Version.number)",
          "description": "\(name), a WebAssembly module as C",
          "frameworks": "*",
          "platforms": "*",
          "headers": "\(name).h",
          "build": {
            "srcDir": ".",
            "includeDir": "runtime/include",
            "srcFilter": [
        \(list(filter))
            ],
            "flags": [
        \(list(sources.required))
            ]
          }
        }

        """
      )
    ]
  }
}

/// A library of Arduino's IDE. It can give the compiler no flags, so these stand in a header.
struct ArduinoLibrary {
  let sources: TranslatedSources

  private var instantiation: String {
    guard sources.instances == .one else {
      return "  // \(sources.name).h says how an instance is made."
    }
    return """
        struct apus_outcome outcome = \(sources.name)_instantiate();
        if (outcome.trap) apus_board_fatal(outcome.trap, outcome.offset);
      """
  }

  /// What the copy of apus.h includes before anything else.
  static let header = "apus_project.h"

  var files: [(path: String, text: String)] {
    let name = sources.name
    let required = sources.requiredParts
    let definitions = required.definitions.map { text in
      let parts = text.split(separator: "=", maxSplits: 1)
      return "#define \(parts[0])\(parts.count > 1 ? " " + parts[1] : "")\n"
    }
    // `-fno-math-errno` is "no-math-errno" to the pragma; the others are the core's to choose.
    let optimizations = required.options.filter { $0.hasPrefix("-f") && !$0.hasSuffix("-sections") }
      .map { "\"\($0.dropFirst(2))\"" }
    return [
      (
        "library.properties",
        """
        name=\(name)
        version=\(Version.number)
        author=apus
        maintainer=apus
        sentence=\(name), a WebAssembly module as C.
        paragraph=Translated ahead of time: there is no interpreter.
        category=Other
        url=https://webassembly.org
        architectures=*
        includes=\(name).h
        dot_a_linkage=true

        """
      ),
      (
        "src/" + Self.header,
        """
        /* \(Self.header): what the C needs to mean what the module means. */
        \(definitions.joined())#if defined(__GNUC__) && !defined(__clang__) && !defined(__cplusplus)
        #pragma GCC optimize(\(optimizations.joined(separator: ", ")))
        #endif

        """
      ),
      (
        "examples/\(name)/\(name).ino",
        """
        // Gives the module \(name) its memory and instantiates it; \(name).h says what can be called then.
        #include <\(name).h>

        static uint8_t memory[\(sources.leastMemory)];

        // A trap that no apus_catch has caught.
        extern "C" void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
          Serial.println(apus_trap_message(trap));
          Serial.println(offset);
          for (;;) delay(1000);
        }

        void setup() {
          Serial.begin(115200);
          apus_port_give(memory, sizeof memory);
        \(instantiation)
        }

        void loop() {}

        """
      ),
    ]
  }
}
