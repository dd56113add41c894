/// What a JPEG file's markers say beside the picture.
struct JPEGMarkers {
    /// EXIF's, 1 to 8; 1 where there is none.
    private(set) var orientation = 1
    /// Whether Adobe's programs wrote it, whose CMYK is inverted.
    private(set) var isAdobe = false
    /// Whether the marker of the end comes behind the beginning of the picture.
    private(set) var isWhole = false

    /// - Source: ITU-T T.81, annex B; CIPA DC-008 (EXIF 2.32), sections 4.5 and 4.6.4.
    init(_ bytes: [UInt8]) {
        var place = 2
        while place + 4 <= bytes.count, bytes[place] == 0xFF {
            let marker = bytes[place + 1]
            if marker == 0xFF {
                place += 1
                continue
            }
            if marker == 0xDA {
                // Within a picture's data, FF stands before no other byte than 0 and marks of restarts.
                isWhole = (place + 2..<bytes.count).reversed().contains { bytes[$0 - 1] == 0xFF && bytes[$0] == 0xD9 }
                return
            }
            if marker == 0xD9 { return }
            let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            guard length >= 2, place + 2 + length <= bytes.count else { return }
            let content = bytes[(place + 4)..<(place + 2 + length)]
            if marker == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) {
                orientation = EXIF(content.dropFirst(6)).orientation ?? orientation
            }
            if marker == 0xEE, content.starts(with: Array("Adobe".utf8)) { isAdobe = true }
            place += 2 + length
        }
    }
}
