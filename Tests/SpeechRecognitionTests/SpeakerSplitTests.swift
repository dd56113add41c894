import SpeechRecognition
import Testing

@Suite struct SpeakerSplitTests {
    /// FIPS 180-4's examples, and lengths about the end of a block (by sha1sum).
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        (String(repeating: "a", count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
        (String(repeating: "a", count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
        (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
    ])
    func `SHA-1 is as the standard says`(text: String, hash: String) {
        let hex = SHA1.hash(text.utf8).map { (byte: UInt8) in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        #expect(hex.joined() == hash)
    }

    /// By the rule in the README of Speech Commands, worked out with Python's hashlib.
    @Test(
        arguments: [
            ("bb05582b_nohash_3.wav", .testing), ("988e2f9a_nohash_0.wav", .training),
            ("a69b9b3e_nohash_0.wav", .validation),
            ("0a7c2a8d_nohash_0.wav", .training), ("awb-13.flac", .validation), ("awb-01.flac", .testing),
            ("kal16-00.flac", .training), ("noname", .training), (".wav", .training),
        ] as [(String, SpeakerSplit.Side)])
    func `A speaker is on the official side`(name: String, side: SpeakerSplit.Side) {
        #expect(SpeakerSplit.side(of: name) == side)
    }

    @Test func `A speaker is on one side whatever the word and the ending`() {
        #expect(SpeakerSplit.side(of: "awb-13.flac") == SpeakerSplit.side(of: "awb-13.wav"))
        #expect(SpeakerSplit.side(of: "x_nohash_0.wav") == SpeakerSplit.side(of: "x_nohash_12.flac"))
    }
}
