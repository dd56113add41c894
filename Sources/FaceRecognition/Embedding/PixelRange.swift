/// What black and white are in a network's pictures.
package enum PixelRange: String, CaseIterable, Codable, Sendable {
    case bytes = "0..255"
    case unit = "0..1"
    case signed = "-1..1"

    func value(_ byte: Float) -> Float {
        switch self {
        case .bytes: byte
        case .unit: byte / 255
        case .signed: byte / 127.5 - 1
        }
    }
}
