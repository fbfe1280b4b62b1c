import Translator

/// A package of Cargo: a build.rs that compiles the C, and a library that declares what can be called.
struct CargoPackage {
  let sources: TranslatedSources

  private var name: String { sources.name }

  var files: [(path: String, text: String)] {
    [("Cargo.toml", manifest), ("build.rs", build), ("src/lib.rs", library)]
  }

  private var manifest: String {
    """
    [package]
    name = "\(name)"
    version = "\(Version.number)"
    edition = "2021"
    links = "\(name)"
    description = "\(name), a WebAssembly module as C"

    [build-dependencies]
    cc = "1"

    """
  }

  private func list(_ texts: [String], indent: Int = 8) -> String {
    texts.map { "\n" + String(repeating: " ", count: indent) + "\"\($0)\"," }.joined()
  }

  private var build: String {
    """
    //! Compiles the C that apus wrote.

    // The C needs these to mean what the module means.
    const REQUIRED: &[&str] = &[\(list(sources.required, indent: 4))
    ];

    fn build() -> cc::Build {
        let mut build = cc::Build::new();
        build.include(".").include("runtime/include").warnings(false);
        for flag in REQUIRED {
            build.flag(flag);
        }
        build
    }

    fn main() {
        let mut module = build();
        for flag in [\(list(sources.translatedFlags, indent: 8))
        ] as [&str; \(sources.translatedFlags.count)] {
            module.flag(flag);
        }
        module.files([\(list(sources.translated))
        ]);
        module.compile("\(name)");
        let mut runtime = build();
        runtime.files([\(list(sources.runtime))
        ]);
        runtime.compile("\(name)_runtime");
    \(libraries)}

    """
  }

  private var libraries: String {
    guard sources.profile == .host else { return "" }
    return CompilerFlags.linking.filter { $0.hasPrefix("-l") }
      .map { "    println!(\"cargo:rustc-link-lib=\($0.dropFirst(2))\");\n" }.joined()
  }

  private var library: String {
    """
    //! What \(name).h and apus.h declare, as far as it is about numbers.
    #![no_std]
    #![allow(non_camel_case_types)]

    use core::ffi::c_void;

    /// How a call into the module ended: `trap` is 0 where it returned.
    #[repr(C)]
    #[derive(Clone, Copy, Debug)]
    pub struct apus_outcome {
        pub trap: u32,
        pub offset: u32,
        pub exit_status: u32,
        pub pc: *const c_void,
    }

    unsafe extern "C" {
        /// Calls `body`; a trap in it, or in what it calls, ends it. No value that has to be dropped may be alive in it then.
        pub fn apus_catch(body: unsafe extern "C" fn(*mut c_void), argument: *mut c_void) -> apus_outcome;
        /// The specification's words, with a NUL behind them.
        pub fn apus_trap_message(trap: u32) -> *const core::ffi::c_char;
    \(functions)}

    """
  }

  /// With one instance; those of many are as large as \(name).h says.
  private var functions: String {
    guard sources.instances == .one else {
      return "    // Instances are structs of \(name).h: bindgen makes declarations of that.\n"
    }
    let types: [Character: String] = ["i": "u32", "I": "u64", "f": "f32", "F": "f64"]
    var text = "    pub fn \(name)_instantiate() -> apus_outcome;\n    pub fn \(name)_destroy();\n"
    for export in sources.exports {
      let (parameters, results) = export.letters
      guard let symbol = export.symbol, (parameters + results).allSatisfy({ types[$0] != nil })
      else { continue }
      var list = parameters.enumerated().map { "a\($0.offset): \(types[$0.element]!)" }
      list += results.dropFirst().enumerated().map {
        "r\($0.offset + 1): *mut \(types[$0.element]!)"
      }
      let result = results.first.map { " -> \(types[$0]!)" } ?? ""
      text += "    pub fn \(name)_\(symbol)(\(list.joined(separator: ", ")))\(result);\n"
    }
    return text
  }
}
