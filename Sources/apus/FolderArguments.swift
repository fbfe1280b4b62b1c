import ArgumentParser

/// Folders that a program may use; of an image what is in them becomes a part.
struct FolderArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder that the guest may use; with ::ro it cannot change anything there. What is in it becomes part of an image.",
      valueName: "host[::guest[::ro]]"))
  var dir: [String] = []

  @Option(
    help: ArgumentHelp(
      "Bytes of RAM of a board for what the guest writes in each folder. (default: 0)",
      valueName: "bytes"))
  var scratch: Int?

  var forImage: ImageFiles { ImageFiles(folders: dir, scratch: scratch ?? 0) }

  func check(isImage: Bool) throws {
    if let mistake = FolderRules.mistake(dir) { throw ValidationError(mistake) }
    guard let scratch else { return }
    guard isImage, !dir.isEmpty else {
      throw ValidationError("--scratch is for --target and --dir")
    }
    guard (0...1 << 24).contains(scratch) else {
      throw ValidationError("--scratch is at most 16777216")
    }
  }
}
