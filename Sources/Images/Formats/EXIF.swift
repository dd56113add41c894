/// The first directory of EXIF data, a TIFF file within another file.
struct EXIF {
    /// 1 to 8: which way up the picture is stored; nil where that is not said.
    private(set) var orientation: Int?

    /// - Source: CIPA DC-008 (EXIF 2.32), section 4.5; TIFF 6.0, section 2.
    init(_ content: ArraySlice<UInt8>) {
        let bytes = Array(content), isBigEndian = bytes.starts(with: "MM".utf8)
        guard isBigEndian || bytes.starts(with: "II".utf8) else { return }
        func number(_ place: Int, _ width: Int) -> Int? {
            guard place >= 0, place + width <= bytes.count else { return nil }
            let own = bytes[place..<(place + width)]
            return (isBigEndian ? Array(own) : own.reversed()).reduce(0) { $0 << 8 | Int($1) }
        }
        guard number(2, 2) == 42, let directory = number(4, 4), let count = number(directory, 2) else { return }
        for entry in 0..<count {
            let place = directory + 2 + entry * 12
            guard let tag = number(place, 2) else { return }
            // Orientation, one SHORT.
            if tag == 0x0112, number(place + 2, 2) == 3, let value = number(place + 8, 2), (1...8).contains(value) {
                orientation = value
                return
            }
        }
    }
}
