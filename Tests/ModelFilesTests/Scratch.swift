import Foundation
import ModelFiles

/// A folder of its own for a test, removed at its end; in memory where that can be, since tests write thousands of files.
struct Scratch: ~Copyable {
    let path: String

    init() throws {
        let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        path = parent + "/engram-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A file in the folder with these bytes.
    func file(_ name: String, _ bytes: [UInt8] = []) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// The names in the folder.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// The path of a golden of this target.
func golden(_ name: String) -> String {
    String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex)) + "/Goldens/" + name
}

/// The error's whole text, without the folder of the file that it names; nil where nothing is thrown.
func fault(_ body: () throws -> Void) -> String? {
    do { try body() } catch let error as ModelFileError {
        let name = error.file.split(separator: "/").last.map(String.init) ?? error.file
        return ModelFileError(name, place: error.place, error.fault, remedy: error.remedy).description
    } catch { return "not a ModelFileError: \(error)" }
    return nil
}

/// Numbers that look random and are the same in each run (splitmix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// Damaged copies of a file's bytes: cut after each byte, or with bytes changed at places and to values fixed by the seed.
struct DamagedBytes {
    var whole: [UInt8]

    var cut: [[UInt8]] { whole.indices.map { Array(whole[..<$0]) } }

    /// - Parameter prefix: the first bytes, in which all changes are; a header is worth more of them than data.
    func changed(_ count: Int, prefix: Int = .max, seed: UInt64 = 1) -> [[UInt8]] {
        var numbers = SeededNumbers(state: seed)
        let end = min(prefix, whole.count)
        return (0..<count).map { _ in
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                bytes[Int.random(in: 0..<end, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
            }
            return bytes
        }
    }
}
