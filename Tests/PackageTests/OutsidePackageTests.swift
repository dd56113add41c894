import Engine
import Foundation
import ModelFiles
import Testing

/// The two smallest programs: as the README shows them, in a package that depends on this one.
@Suite struct OutsidePackageTests {
    private static let folder = SourceFile.root + "/Tests/OutsidePackage"
    private static let programs = ["TrainDigits", "RunDigits"]

    @Test("the README's programs are those that are built and run") func readme() throws {
        let readme = try String(contentsOfFile: SourceFile.root + "/README.md", encoding: .utf8)
        let blocks = readme.components(separatedBy: "```swift\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        let files = try Self.programs.map {
            try String(contentsOfFile: "\(Self.folder)/Sources/\($0)/main.swift", encoding: .utf8)
        }
        #expect(blocks == files)
    }

    /// Engine, layers and model files are built once more, for which their own folder keeps what can be used again; three quarters of a minute of processor time.
    @Test("a package outside builds on the libraries, trains, and runs what it trained", .timeLimit(.minutes(10)))
    func outside() throws {
        let scratch = NSTemporaryDirectory() + "engram-outside-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        // Where the tests lie in the folder of a build, this build has a folder of its own.
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let build =
            tests.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path + "/outside"
        let options = [
            "--package-path", Self.folder, "--scratch-path", build, "--skip-update", "--disable-index-store",
            "-debug-info-format", "none",
        ]
        // A kept plan of the build does not see that files have come or gone in a package beside.
        try? FileManager.default.removeItem(atPath: build + "/debug.yaml")
        let built = try Self.run("/usr/bin/env", ["swift", "build", "--quiet"] + options, in: scratch)
        try #require(built.status == 0, "\(built.output)")

        let trained = try Self.run(build + "/debug/TrainDigits", [], in: scratch)
        try #require(trained.status == 0, "\(trained.output)")
        let lines = trained.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.count == 5)
        #expect(lines.allSatisfy { $0.count == 4 && $0[0] == "loss" && $0[2] == "accuracy" })
        #expect(lines.last.flatMap { Double($0[3]) } ?? 0 > 0.85)

        let ran = try Self.run(build + "/debug/RunDigits", [], in: scratch)
        #expect(ran.status == 0)
        let model = try Model(contentsOf: scratch + "/digits.onnx")
        #expect(model.metadata["task"] == "digits")
        let scores = try model.run(["input": Tensor(zeros: [2, 1, 28, 28])])["output"]
        #expect(scores?.shape == [2, 10])
    }

    /// A program's end and all that it wrote.
    private static func run(_ program: String, _ arguments: [String], in folder: String) throws -> (
        status: Int32, output: String
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let log = folder + "/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let handle = FileHandle(forWritingAtPath: log)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOfFile: log, encoding: .utf8))
    }
}
