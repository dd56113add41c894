import Foundation
import Glibc

/// A program on a terminal of its own, of which this holds the other end.
package final class TerminalSession {
    /// A terminal of which nothing more came in a minute, or that was closed.
    package struct Silence: Error, CustomStringConvertible {
        let expected: String
        let output: String
        package var description: String {
            "no \(expected.debugDescription) in \(output.suffix(2_000).debugDescription)"
        }
    }

    private let terminal: Int32
    private let child: pid_t
    private var isOver = false
    /// What was written since the last `expect`.
    package private(set) var unread: [UInt8] = []

    /// - Parameters:
    ///   - program: its path.
    ///   - environment: beside `TERM` and `PATH`.
    ///   - shell: the line of a shell that runs the program, `"$0" "$@"`.
    package init(
        _ program: String, _ arguments: [String] = [], term: String? = "xterm-256color",
        environment: [String: String] = [:],
        columns: UInt16 = 80, shell: String? = nil
    ) throws {
        // As posix_openpt, unlockpt and ptsname do it, which Swift's C library does not show.
        terminal = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var isLocked: CInt = 0
        var number: CUnsignedInt = 0
        let (setLock, getNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
        guard terminal >= 0, unsafe ioctl(terminal, setLock, &isLocked) == 0,
            unsafe ioctl(terminal, getNumber, &number) == 0
        else { throw POSIXError(.ENODEV) }
        let name = "/dev/pts/\(number)"
        _ = fcntl(terminal, F_SETFL, O_NONBLOCK)
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(terminal, UInt(TIOCSWINSZ), &size)
        var attributes = posix_spawnattr_t()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawn_file_actions_init(&actions)
        defer {
            unsafe posix_spawnattr_destroy(&attributes)
            unsafe posix_spawn_file_actions_destroy(&actions)
        }
        // A child of a test is born with signals blocked or ignored.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        // The first terminal that the leader of a new session (0x80, POSIX_SPAWN_SETSID) opens is its own.
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | 0x80)
        unsafe posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 2)
        let command = (shell.map { ["/bin/sh", "-c", $0] } ?? []) + [program] + arguments
        let variables =
            environment.map { "\($0)=\($1)" } + (term.map { ["TERM=\($0)"] } ?? []) + ["PATH=/usr/bin:/bin"]
            + ["SWIFT_BACKTRACE=enable=no"]
        var pid: pid_t = 0
        let status = unsafe withArrayOfCStrings(command) { arguments in
            unsafe withArrayOfCStrings(variables) { environment in
                unsafe posix_spawn(&pid, command[0], &actions, &attributes, arguments, environment)
            }
        }
        guard status == 0 else { throw POSIXError(.ENOENT) }
        child = pid
    }

    deinit {
        if !isOver {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        close(terminal)
    }

    /// Types; takes in what is written meanwhile.
    package func type(_ text: String) throws { try type(Array(text.utf8)) }
    package func type(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            var state = pollfd(fd: terminal, events: Int16(POLLIN | POLLOUT), revents: 0)
            guard unsafe poll(&state, 1, 60_000) == 1 else { throw Silence(expected: "place", output: text) }
            if state.revents & Int16(POLLIN) != 0 { takeIn() }
            let written = unsafe rest.withUnsafeBytes { unsafe write(terminal, $0.baseAddress, min($0.count, 4_096)) }
            if written > 0 { rest = rest.dropFirst(written) }
        }
    }

    /// Waits for a text, and gives all that was written up to it.
    @discardableResult package func expect(_ expected: String) throws -> String {
        let wanted = Array(expected.utf8)
        var searched = 0
        while true {
            if let end = unread[searched...].firstRange(of: wanted)?.upperBound {
                defer { unread.removeSubrange(..<end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            searched = max(unread.count - wanted.count, 0)
            var state = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&state, 1, 60_000) == 1, takeIn() else {
                throw Silence(expected: expected, output: text)
            }
        }
    }

    /// Types Enter, and gives what the program says of the line.
    package func enter() throws -> String {
        try type("\r")
        try expect("\u{1B}[?2004l")
        return try String(expect("\r\n").dropLast())
    }

    private var text: String { String(decoding: unread, as: UTF8.self) }

    /// Whether something came.
    @discardableResult private func takeIn() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(terminal, &buffer, buffer.count)
        if count > 0 { unread += buffer[..<count] }
        return count > 0
    }

    package func resize(columns: UInt16) {
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(terminal, UInt(TIOCSWINSZ), &size)
    }

    package func signal(_ number: Int32) { kill(child, number) }

    /// Whether the terminal gives whole lines, as it did before.
    package var isCooked: Bool {
        var settings = termios()
        guard unsafe tcgetattr(terminal, &settings) == 0 else { return false }
        return [ICANON, ECHO, ISIG].allSatisfy { settings.c_lflag & UInt32($0) != 0 }
    }

    /// Waits until the program ends; its status, or 128 and the number of the signal that ended it.
    package func status() throws -> Int32 {
        let deadline = ContinuousClock.now + .seconds(60)
        var status: Int32 = 0
        while unsafe waitpid(child, &status, WNOHANG) == 0 {
            guard ContinuousClock.now < deadline else { throw Silence(expected: "end", output: text) }
            var state = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&state, 1, 5) == 1 { takeIn() }
        }
        isOver = true
        while takeIn() {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
    }

    /// All that was written after the last text that was waited for, once the program has ended.
    package var rest: String { text }
}

/// Lends C an array of strings, with nil at its end.
private func withArrayOfCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe body(&pointers)
}
