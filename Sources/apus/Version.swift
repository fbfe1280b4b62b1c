enum Version {
  static let text = "apus 0.1.0"
}
