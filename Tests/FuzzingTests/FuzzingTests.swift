import Foundation
import Testing

/// Damaged files, read in a process of their own.
@Suite struct FuzzingTests {
    private static let root = #filePath.components(separatedBy: "/").dropLast(3).joined(separator: "/")

    /// Runs FuzzReaders, which lies beside the tests; its status, which is negative for a signal, and what it printed.
    private func fuzz(_ arguments: [String], in folder: String) throws -> (status: Int32, output: String) {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let process = Process()
        process.executableURL = tests.appendingPathComponent("FuzzReaders")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let printed = folder + "/printed"
        _ = FileManager.default.createFile(atPath: printed, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: printed)
        try process.run()
        process.waitUntilExit()
        return (
            process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            try String(contentsOfFile: printed, encoding: .utf8)
        )
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let folder = parent + "/engram-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("no damaged file ends a reader") func damage() throws {
        try withFolder { folder in
            // The node tests are there only where tools/node-tests has made them; without them there are fewer kinds of models.
            let cache = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
            let samples =
                [
                    "Tests/ModelFilesTests/Goldens", "Tests/ImagesTests/Goldens", "pipelines", "sample-data",
                    "Sources/CKeywordModel/keywords.onnx",
                ].map {
                    Self.root + "/" + $0
                }
                + ((try? FileManager.default.contentsOfDirectory(atPath: cache + "/engram")) ?? [])
                .filter { $0.hasPrefix("node-tests-") }.map { "\(cache)/engram/\($0)" }
            let (status, output) = try fuzz(
                ["--seconds", "20", "--output", folder, "--scratch", folder] + samples, in: folder)
            #expect(status == 0, "\(output)")
            let count = output.split(separator: "\n").last?.split(separator: " ").first.flatMap { Int($0) } ?? 0
            #expect(count > 100)
        }
    }

    @Test("inputs are decided by the seed and their number") func replay() throws {
        try withFolder { folder in
            let sample = Self.root + "/Tests/ModelFilesTests/Goldens/npy"
            var inputs: [Data] = []
            for _ in 0..<2 {
                let (status, output) = try fuzz(
                    ["--seconds", "0", "--first", "7", "--keep", "--output", folder, "--scratch", folder, sample],
                    in: folder)
                #expect(status == 0)
                #expect(output.hasPrefix("1 inputs, 0 that"))
                inputs.append(try Data(contentsOf: URL(fileURLWithPath: folder + "/current.npy")))
            }
            #expect(inputs[0] == inputs[1])
            let (status, output) = try fuzz(["--replay", folder + "/current.npy"], in: folder)
            #expect(status == 0)
            #expect(output.hasPrefix(folder + "/current.npy: "))
        }
    }
}
