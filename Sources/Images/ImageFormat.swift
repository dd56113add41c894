/// The kinds of files that are read; a file's first bytes decide, not its name.
package enum ImageFormat: String, CaseIterable, Sendable {
    case jpeg = "JPEG"
    case png = "PNG"
    case webp = "WebP"
    case heif = "HEIC"
    /// In text or binary.
    case portableMap = "PGM or PPM"

    /// nil where the bytes begin no file that is known.
    package init?(beginning bytes: some Collection<UInt8>) {
        let start = Array(bytes.prefix(16))
        func has(_ text: String, at place: Int = 0) -> Bool { start.dropFirst(place).starts(with: text.utf8) }
        if start.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if has("RIFF"), has("WEBP", at: 8) {
            self = .webp
        } else if has("ftyp", at: 4), Self.heifBrands.contains(where: { has($0, at: 8) }) {
            self = .heif
        } else if ["P2", "P3", "P5", "P6"].contains(where: { has($0) }), start.count > 2,
            [0x20, 0x09, 0x0A, 0x0D, 0x23].contains(start[2])
        {
            self = .portableMap
        } else {
            return nil
        }
    }

    /// - Source: ISO/IEC 23008-12, section 10; AVIF 1.1, section 6.
    private static let heifBrands = ["heic", "heix", "hevc", "heim", "heis", "hevm", "hevs", "mif1", "msf1", "avif"]
}
