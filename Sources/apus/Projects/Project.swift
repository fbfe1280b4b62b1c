import Translator

/// Build systems that `translate` writes files for, beside the C.
enum Project: String, CaseIterable {
  case make, cmake, zephyr, platformio, arduino, cargo
  case espIDF = "esp-idf"

  /// Whether it is one for firmware alone.
  var isFirmware: Bool {
    switch self {
    case .make, .cmake, .cargo: false
    case .espIDF, .zephyr, .platformio, .arduino: true
    }
  }

  /// What a module is made for, and as how many instances, where nobody says otherwise.
  var profile: TranslationOptions.Profile { isFirmware ? .firmware : .host }
  var instances: TranslationOptions.Instances { isFirmware || self == .cargo ? .one : .many }

  /// Why it cannot be written so; nil where it can.
  func mistake(profile: TranslationOptions.Profile?, hasMakefile: Bool) -> String? {
    if !hasMakefile { return "--project goes without --no-makefile" }
    if isFirmware && profile == .host { return "--project \(rawValue) is for --profile firmware" }
    return nil
  }

  /// Whether it can make an image of a board.
  var makesImages: Bool { self == .make || self == .cmake }

  /// Where the C lies in the folder; nil where it is the folder itself.
  var sourceFolder: String? { self == .arduino ? "src" : nil }

  /// Where a file of the runtime lies, by its path in the runtime.
  func place(ofRuntime path: String) -> String {
    guard self == .arduino else { return "runtime/" + path }
    // Nothing but `src` is searched for headers.
    let headers = "include/"
    return "src/" + (path.hasPrefix(headers) ? String(path.dropFirst(headers.count)) : path)
  }

  /// A file of the runtime where it is not as it is elsewhere.
  func contents(ofRuntime path: String, _ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard self == .arduino, path == "include/apus.h" else { return nil }
    return Array("#include \"\(ArduinoLibrary.header)\"\n".utf8) + bytes
  }

  /// What is written besides, by its path in the folder.
  func files(_ sources: TranslatedSources) -> [(path: String, text: String)] {
    switch self {
    case .make: [("Makefile", Makefile(sources: sources).text)]
    case .cmake: CMakeProject(sources: sources).files
    case .espIDF: ESPIDFComponent(sources: sources).files
    case .zephyr: ZephyrModule(sources: sources).files
    case .platformio: PlatformIOLibrary(sources: sources).files
    case .arduino: ArduinoLibrary(sources: sources).files
    case .cargo: CargoPackage(sources: sources).files
    }
  }
}
