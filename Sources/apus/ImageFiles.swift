import Glibc

/// Folders of this computer that become part of an image, for its guest to find: the C file with what is in them.
struct ImageFiles {
  /// Each `host`, `host::guest` or `host::guest::ro`.
  var folders: [String]
  /// Bytes of RAM for what the guest writes, in each folder where it may.
  var scratch: Int

  /// Of the runtime's file system; the last two with a NUL.
  private static let (block, longestPath, longestName) = (256, 128, 64)
  private static let mostBytes = 1 << 30

  struct Entry {
    /// From the folder on, as the guest sees it.
    var path: String
    /// Nil for a folder.
    var bytes: [UInt8]?
  }

  /// - Throws: `Failure` where a folder cannot be read, or holds what a board's file system has not.
  func text() throws -> String {
    var text = """
      /* Written by apus: the files of an image. */
      #include "apus_image.h"
      #include "apus_ramfs.h"


      """
    var rows = ""
    for (number, folder) in folders.enumerated() {
      let (host, guest, isReadOnly) = Self.parts(folder)
      define(number, try Self.entries(host, ""), isReadOnly, &text)
      rows += "    {\(CName.literal(guest)), &vfs\(number), \(isReadOnly)},\n"
    }
    return text + "const struct apus_image_folder apus_image_folders[] = {\n\(rows)};\n"
  }

  private static func parts(_ folder: String) -> (host: String, guest: String, isReadOnly: Bool) {
    let words = folder.split(separator: "::", omittingEmptySubsequences: false).map(String.init)
    return (words[0], words.count > 1 ? words[1] : words[0], words.count > 2 && words[2] == "ro")
  }

  private static func entries(_ host: String, _ path: String) throws -> [Entry] {
    let folder = path.isEmpty ? host : host + "/" + path
    var status = stat()
    guard access(folder, R_OK | X_OK) == 0, stat(folder, &status) == 0 else {
      throw Failure.system("cannot open \(folder)")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(.usage, "\(folder) is no folder".printable)
    }
    var entries: [Entry] = []
    for name in Files.names(in: folder).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let inner = path.isEmpty ? name : path + "/" + name
      guard inner.utf8.count < longestPath, name.utf8.count < longestName else {
        throw Failure(.usage, "\(host)/\(inner): its path is too long for an image".printable)
      }
      guard lstat(host + "/" + inner, &status) == 0 else {
        throw Failure.system("cannot open \(host)/\(inner)")
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        entries.append(Entry(path: inner, bytes: nil))
        entries += try Self.entries(host, inner)
      case S_IFREG:
        guard status.st_size < mostBytes else {
          throw Failure(.usage, "\(host)/\(inner) is too large for an image".printable)
        }
        entries.append(Entry(path: inner, bytes: try Files.bytes(of: host + "/" + inner)))
      default:
        throw Failure(
          .usage,
          "\(host)/\(inner) is neither a file nor a folder, and an image has no others".printable)
      }
    }
    return entries
  }

  /// Appends a file system.
  private func define(
    _ number: Int, _ entries: [Entry], _ isReadOnly: Bool, _ text: inout String
  ) {
    var rows = ""
    for (index, entry) in entries.enumerated() {
      var data = "0"
      if let bytes = entry.bytes, !bytes.isEmpty {
        data = "file\(number)_\(index)"
        text += "static const unsigned char \(data)[] = {"
        for (place, byte) in bytes.enumerated() {
          text += place % 24 == 0 ? "\n  \(byte)," : "\(byte),"
        }
        text += "\n};\n"
      }
      rows +=
        "    {\(CName.literal(entry.path)), \(data), \(entry.bytes?.count ?? 0), \(entry.bytes == nil)},\n"
    }
    if !rows.isEmpty {
      text += "static const struct apus_ramfs_image image\(number)[] = {\n\(rows)};\n"
    }
    var members = rows.isEmpty ? "" : ".image = image\(number), .image_count = \(entries.count), "
    let blocks = isReadOnly ? 0 : scratch / Self.block
    if blocks > 0 {
      let nodes = max(4, blocks / 2)
      text += """
        static struct apus_ramfs_node nodes\(number)[\(nodes)];
        static uint8_t blocks\(number)[\(blocks)][APUS_RAMFS_BLOCK];
        static uint16_t chain\(number)[\(blocks)];

        """
      members +=
        ".nodes = nodes\(number), .node_count = \(nodes), .blocks = blocks\(number), .chain = chain\(number), .block_count = \(blocks)"
    }
    text += """
      static struct apus_ramfs files\(number) = {\(members.isEmpty ? "0" : members)};
      static const struct apus_vfs vfs\(number) = {&apus_ramfs_ops, &files\(number)};


      """
  }
}
