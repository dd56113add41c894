import Foundation
import Glibc

/// A run of a command in a process of its own, in a place.
package final class Child {
    /// What a child that ended left.
    package struct Result {
        package var status: Int32
        package var output: String
        /// All of standard error.
        package var errors: String
        package var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// A shell's line that runs the command, `"$0" "$@"`, as it is.
    package static let plain = "exec \"$0\" \"$@\""
    /// One that lets signals through, which a child of a test is born with blocked or ignored.
    package static let interruptible = """
        exec python3 -c '
        import os, signal, sys
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execv(sys.argv[1], sys.argv[1:])' "$0" "$@"
        """

    /// One that runs it where no file may become larger than so many kilobytes, as on a disk that is full.
    package static func full(kilobytes: Int) -> String { "trap '' XFSZ; ulimit -f \(kilobytes * 2); " + plain }

    private let process = Process()
    private let files: String
    private let input: Pipe?

    /// - Parameters:
    ///   - input: what standard input has; nil for a pipe that stays open.
    ///   - shell: the line that runs the command.
    package init(
        _ place: Place, _ arguments: [String], input bytes: [UInt8]? = [], shell: String = Child.plain
    ) throws {
        files = place.path + "/." + UUID().uuidString
        process.currentDirectoryURL = URL(filePath: place.path)
        process.environment = ProcessInfo.processInfo.environment.merging([
            "SWIFT_BACKTRACE": "enable=no", "NO_COLOR": "1",
        ]) { $1 }
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", shell, place.program] + arguments
        for suffix in ["in", "out", "err"] {
            let content = suffix == "in" ? Data(bytes ?? []) : nil
            _ = FileManager.default.createFile(atPath: "\(files).\(suffix)", contents: content)
        }
        input = bytes == nil ? Pipe() : nil
        process.standardInput = input ?? FileHandle(forReadingAtPath: files + ".in")
        process.standardOutput = FileHandle(forWritingAtPath: files + ".out")
        process.standardError = FileHandle(forWritingAtPath: files + ".err")
        try process.run()
    }

    /// Writes to the pipe that is standard input.
    package func feed(_ bytes: [UInt8]) throws { try input?.fileHandleForWriting.write(contentsOf: Data(bytes)) }
    package func endInput() throws { try input?.fileHandleForWriting.close() }

    package func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// A line of what the system says of the process while it runs.
    package func status(_ name: String) throws -> String {
        let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        return text.split(separator: "\n").first { $0.hasPrefix(name + ":") }.map(String.init) ?? ""
    }

    /// Whether `condition` of what was written so far comes to hold; looks until then, a minute at most.
    package func waits(for file: KeyPath<Result, String>, _ condition: (String) -> Bool) throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if condition(try written()[keyPath: file]) { return true }
            usleep(2_000)
        }
        return false
    }

    package func result() throws -> Result {
        // One that hangs is to fail its test, not to hang all of them.
        let deadline = ContinuousClock.now + .seconds(300)
        while process.isRunning, ContinuousClock.now < deadline { usleep(2_000) }
        if process.isRunning { signal(SIGKILL) }
        process.waitUntilExit()
        var result = try written()
        result.status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
        return result
    }

    private func written() throws -> Result {
        Result(
            status: -1, output: try String(contentsOfFile: files + ".out", encoding: .utf8),
            errors: try String(contentsOfFile: files + ".err", encoding: .utf8))
    }
}
