import Glibc

/// Lines of a pipe as they come: each is given at once, and it can be told whether another one is there already.
///
/// A class, because what was read ahead has identity.
package final class LiveLines {
    /// How errors name it.
    package let name = "standard input"
    /// Of the latest line, counted from 1.
    package private(set) var line = 0

    private let descriptor: CInt
    private let longest: Int
    private let patience: Duration
    private var bytes: [UInt8] = []
    private var piece = [UInt8](repeating: 0, count: 1 << 16)
    /// Where the next line begins, and up to where no line end stands.
    private var place = 0, searched = 0
    private var isOver = false

    /// - Parameters:
    ///   - descriptor: what is read from; standard input unless said otherwise.
    ///   - longest: bytes that a line may have; of a longer one only so many are kept.
    ///   - patience: how long it looks for more before it sleeps: whoever sleeps wakes up late, and with cold caches.
    package init(descriptor: CInt = STDIN_FILENO, longest: Int = 1 << 20, patience: Duration = .zero) {
        self.descriptor = descriptor
        self.longest = longest
        self.patience = patience
    }

    /// Whether a whole line is there, so that ``next()`` does not wait.
    package var hasLine: Bool { end != nil }

    private var end: Int? {
        let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n"))
        if end == nil { searched = bytes.count }
        return end
    }

    /// The next line, without LF or CR LF; waits for it. nil at the end, or where a signal stopped the waiting.
    ///
    /// - Parameter shouldStop: asked when a signal came.
    /// - Returns: the line, and whether it was too long and its end is missing.
    package func next(shouldStop: () -> Bool = { false }) throws(InputError) -> (bytes: ArraySlice<UInt8>, isCut: Bool)?
    {
        while true {
            if let end {
                defer {
                    place = end + 1
                    searched = place
                }
                return given(bytes[place..<end])
            }
            if isOver || shouldStop() {
                guard isOver, place < bytes.count else { return nil }
                defer {
                    place = bytes.count
                    searched = place
                }
                return given(bytes[place...])
            }
            if lookOut() || sleep() { try readOn() }
        }
    }

    /// Looks for bytes as long as there is patience; returns whether there are any. A signal ends it.
    private func lookOut() -> Bool {
        let clock = ContinuousClock(), end = clock.now + patience
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var found: CInt
        repeat { unsafe found = poll(&request, 1, 0) } while found == 0 && clock.now < end
        return found > 0
    }

    /// Sleeps until there are bytes, and returns whether there are; a signal ends it. A signal that came just before would
    /// be slept through, so it sleeps a second at most.
    private func sleep() -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&request, 1, 1_000) > 0
    }

    private func given(_ line: ArraySlice<UInt8>) -> (bytes: ArraySlice<UInt8>, isCut: Bool) {
        self.line += 1
        let whole = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return (whole.prefix(longest), whole.count > longest)
    }

    private func readOn() throws(InputError) {
        bytes.removeSubrange(..<place)
        (place, searched) = (0, searched - place)
        // Of a line that is too long the middle is not kept.
        if bytes.count > 2 * longest {
            bytes.removeSubrange((longest + 1)..<bytes.count)
            searched = bytes.count
        }
        let count = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            bytes += piece[..<count]
        } else if count == 0 {
            isOver = true
        } else if errno != EINTR, errno != EAGAIN {
            throw InputError(name, "cannot be read, " + (unsafe String(cString: strerror(errno)).lowercased()))
        }
    }
}
