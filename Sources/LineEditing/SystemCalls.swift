import Glibc

/// What the system was asked for, in words of Swift.
enum SystemCalls {
    /// What came of waiting for input.
    enum Arrival {
        case bytes([UInt8])
        /// A signal that somebody watches for.
        case signal
        /// Nothing, in the time given.
        case nothing
        case end
        /// The system's number for what went wrong.
        case failed(Int32)
    }

    /// A terminal, opened once more so that reading never waits: Ctrl-C throws away what was typed, also between `poll`
    /// and `read`. Anything else, and what cannot be opened, as it is.
    static func neverWaiting(_ descriptor: Int32) -> Int32 {
        guard isTerminal(descriptor) else { return descriptor }
        let own = unsafe open("/proc/self/fd/\(descriptor)", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        return own >= 0 ? own : descriptor
    }

    /// The bytes that are there, or the first that come.
    ///
    /// - Parameter milliseconds: how long to wait for them; without end if negative.
    static func read(from descriptor: Int32, upTo limit: Int = 1 << 16, waiting milliseconds: Int32 = -1) -> Arrival {
        while true {
            var watched = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: Signals.wakeUp, events: Int16(POLLIN), revents: 0),
            ]
            let count = unsafe poll(&watched, 2, milliseconds)
            if count == 0 { return .nothing }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return .failed(errno)
            }
            if watched[1].revents != 0 {
                var signals: UInt64 = 0
                _ = unsafe Glibc.read(Signals.wakeUp, &signals, 8)
                return .signal
            }
            var failure: Int32 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                let result = unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
                if result < 0 { failure = errno }
                count = max(result, 0)
            }
            switch failure {
            case 0: return bytes.isEmpty ? .end : .bytes(bytes)
            case EINTR, EAGAIN: continue
            // What a terminal says whose other end is gone.
            case EIO: return .end
            default: return .failed(failure)
            }
        }
    }

    /// Writes to standard output; a fault is not told, since the next output of the program will meet it too.
    static func write(_ text: String) { _ = write(text, to: STDOUT_FILENO) }

    /// Writes all of `text` in UTF-8; whether that went well.
    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while unsafe !rest.isEmpty {
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                } else if errno == EAGAIN {
                    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = unsafe poll(&wanted, 1, -1)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    /// Writes a file of the user alone beside `path`, then renames it; where that fails, nothing is left or changed.
    static func replace(_ path: String, with text: String) {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let isWritten = write(text, to: descriptor)
        guard close(descriptor) == 0, isWritten, unsafe rename(temporary, path) == 0 else {
            unsafe unlink(temporary)
            return
        }
    }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The width of a terminal in columns; 80 where it does not say.
    static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// The value of an environment variable, or `nil` where it is unset or empty.
    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// The system's words for an error.
    static func reason(_ errorNumber: Int32) -> String { unsafe String(cString: strerror(errorNumber)) }
}
