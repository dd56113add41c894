/// Which clips a network learns from and which judge it: a speaker is on one side, whatever the word.
///
/// This is the official split of Speech Commands (`which_set` in its README; Warden 2018, section 5.9): by a hash of the
/// file's name up to `_nohash_`, or of the whole name without its extension where that is missing.
package enum SpeakerSplit {
    /// The sides.
    package enum Side: Hashable, Sendable { case training, validation, testing }

    /// The side of a clip by its file's name.
    package static func side(of name: String) -> Side {
        let hash = SHA1.hash(speaker(of: name).utf8).suffix(4).reduce(0) { $0 << 8 | Int($1) }
        let most = Double(1 << 27 - 1)
        let percentage = Double(hash & (1 << 27 - 1)) * 100 / most
        return percentage < 10 ? .validation : percentage < 20 ? .testing : .training
    }

    private static func speaker(of name: String) -> String {
        var characters = Array(name.utf8)
        let mark = Array("_nohash_".utf8)
        for start in characters.indices where characters[start...].starts(with: mark) {
            return String(decoding: characters[..<start], as: UTF8.self)
        }
        if let dot = characters.lastIndex(of: UInt8(ascii: ".")), dot > 0 { characters.removeSubrange(dot...) }
        return String(decoding: characters, as: UTF8.self)
    }
}
