// The C library as this room needs it: the only file here with unsafe code.
import Glibc
import Synchronization

/// What the system was asked for, in words of Swift.
enum SystemCalls {
    /// How a write ended.
    enum Written: Equatable {
        case whole
        /// Nobody reads the pipe any more.
        case readerGone
        /// The system's words for what went wrong.
        case failed(String)
    }

    /// Writes all of `text` in UTF-8, however many calls it takes.
    static func write(_ text: String, to descriptor: Int32) -> Written {
        var text = text
        let errorNumber: Int32 = text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while unsafe !rest.isEmpty {
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                } else if errno == EAGAIN {
                    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = unsafe poll(&wanted, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
        switch errorNumber {
        case 0: return .whole
        case EPIPE: return .readerGone
        default: return .failed(unsafe String(cString: strerror(errorNumber)))
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

    /// Lets a write to a closed pipe return an error instead of killing the process.
    static func ignoreClosedPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Whether a signal asked this process to stop.
    static let stopRequested = Atomic<Bool>(false)

    /// The first Ctrl-C (or SIGTERM) sets `stopRequested`; the system's own handling is back for the second, which ends
    /// the process at once.
    static func catchStopSignals() {
        _ = stopRequested.load(ordering: .relaxed)  // made now: a signal handler must not be the first to touch it
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in
            let savedErrno = errno
            SystemCalls.stopRequested.store(true, ordering: .relaxed)
            let notice: StaticString = "\nstopping at the next whole step; Ctrl-C again ends at once\n"
            _ = unsafe Glibc.write(STDERR_FILENO, notice.utf8Start, notice.utf8CodeUnitCount)
            errno = savedErrno
        }
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | Int32(SA_RESTART)
        _ = unsafe sigaction(SIGINT, &action, nil)
        _ = unsafe sigaction(SIGTERM, &action, nil)
    }
}
