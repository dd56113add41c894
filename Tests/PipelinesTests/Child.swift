import Foundation
import Glibc

/// A run of `PipelinesTestRun` in a process of its own.
struct Child {
    private let process = Process()
    private let output: String

    /// What a child that ended left.
    struct Result {
        var status: Int32
        var isKilled: Bool
        var lines: [String]
        var errors: [String]
    }

    /// - Parameter fileLimit: the largest file that it may write, in units of 512 bytes.
    init(_ folder: TemporaryFolder, _ arguments: [String], fileLimit: Int? = nil) throws {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let program = tests.appendingPathComponent("PipelinesTestRun").path
        output = folder.path + "/" + UUID().uuidString
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let limit = fileLimit.map { "trap '' XFSZ; ulimit -f \($0); " } ?? ""
        process.arguments = ["-c", limit + "exec \"$0\" \"$@\"", program] + arguments
        for suffix in ["out", "err"] {
            _ = FileManager.default.createFile(atPath: "\(output).\(suffix)", contents: nil)
        }
        process.standardOutput = FileHandle(forWritingAtPath: output + ".out")
        process.standardError = FileHandle(forWritingAtPath: output + ".err")
        try process.run()
    }

    var identifier: Int32 { process.processIdentifier }

    /// Whether a line comes before the child ends, and within half a minute.
    func waits(for line: String) throws -> Bool {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            let isRunning = process.isRunning
            if try String(contentsOfFile: output + ".out", encoding: .utf8).contains(line + "\n") { return true }
            guard isRunning else { return false }
            usleep(5_000)
        }
        return false
    }

    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    func result() throws -> Result {
        process.waitUntilExit()
        func lines(_ suffix: String) throws -> [String] {
            try String(contentsOfFile: "\(output).\(suffix)", encoding: .utf8).split(separator: "\n").map(String.init)
        }
        return Result(
            status: process.terminationStatus, isKilled: process.terminationReason == .uncaughtSignal,
            lines: try lines("out"),
            errors: try lines("err"))
    }

    static func run(_ folder: TemporaryFolder, _ arguments: String..., fileLimit: Int? = nil) throws -> Result {
        try Child(folder, arguments, fileLimit: fileLimit).result()
    }
}
