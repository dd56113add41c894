import Foundation
import Streams
import Text

/// A folder of a test's own.
struct Scratch: ~Copyable {
    let path: String

    init() throws {
        let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        path = parent + "/engram-text-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    func file(_ bytes: some Sequence<UInt8>, _ name: String = "file") throws -> String {
        try Data(bytes).write(to: URL(filePath: path + "/" + name))
        return path + "/" + name
    }
}

/// What a file of these bytes gives: the index and the turns of each dialogue, and each error, without the folder.
func outcome(_ bytes: some Sequence<UInt8>) throws -> (dialogues: [String], errors: [String]) {
    let scratch = try Scratch()
    let path = try scratch.file(bytes)
    let folder = scratch.path + "/"
    var dialogues: [String] = []
    let errors = Errors()
    do {
        var reader = try DialogueReader(path: path) { errors.texts.append($0.description) }
        defer { errors.count = reader.skippedCount }
        while let (index, dialogue) = try reader.next() {
            dialogues.append("\(index): " + dialogue.turns.joined(separator: " | "))
        }
    } catch let error as InputError { errors.texts.append("fatal " + error.description) }
    return (dialogues, errors.texts.map { $0.replacing(folder, with: "") })
}

/// Collects what is reported.
final class Errors {
    var texts: [String] = []
    var count = 0
}

extension String {
    /// The scalars, as `U+…` without the U+.
    var code: String { unicodeScalars.map { String($0.value, radix: 16, uppercase: true) }.joined(separator: " ") }

    init(code: String) {
        var text = String.UnicodeScalarView()
        for part in code.split(separator: " ") {
            if let value = UInt32(part, radix: 16), let scalar = Unicode.Scalar(value) { text.append(scalar) }
        }
        self.init(text)
    }
}

/// A series of numbers that is the same in every run: SplitMix64 (Steele, Lea and Flood, 2014).
struct Series: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
