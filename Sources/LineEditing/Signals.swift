// The system's signals: with EditLine.swift and SystemCalls.swift the only files of this room that have unsafe code.
import CEdit
import Glibc
import Synchronization

/// The signals that came to those who watch for them.
enum Signals {
    /// Bit n stands for signal n.
    private static let arrived = Atomic<UInt64>(0)
    /// Readable once a signal came, until somebody drains it.
    static let wakeUp = engram_wake_up_descriptor()

    static func contains(_ signal: Int32) -> Bool { arrived.load(ordering: .relaxed) & bit(signal) != 0 }

    static func remove(_ signal: Int32) { arrived.bitwiseAnd(~bit(signal), ordering: .relaxed) }

    private static func bit(_ signal: Int32) -> UInt64 { 1 << UInt64(signal) }

    /// What the system calls: it only sets a bit and writes eight bytes, as a signal handler may.
    fileprivate static let handler: @convention(c) (Int32) -> Void = { signal in
        let savedErrno = errno
        Signals.arrived.bitwiseOr(Signals.bit(signal), ordering: .relaxed)
        var one: UInt64 = 1
        _ = unsafe Glibc.write(Signals.wakeUp, &one, 8)
        errno = savedErrno
    }

    /// A signal handler must not be the first to touch what is made at its first use.
    fileprivate static func prepare() {
        _ = arrived.load(ordering: .relaxed)
        _ = wakeUp
        _ = handler
    }
}

/// Signals that are noted and do not act, as long as this lives. One that the process ignores stays ignored.
@safe final class SignalWatch {
    private var previous: [(signal: Int32, action: sigaction)] = []

    init(_ signals: [Int32]) {
        Signals.prepare()
        for signal in signals {
            var before = sigaction()
            _ = unsafe sigaction(signal, nil, &before)
            let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
            guard unsafe unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) != ignored else { continue }
            var noting = sigaction()
            unsafe noting.__sigaction_handler.sa_handler = Signals.handler
            noting.sa_flags = Int32(bitPattern: UInt32(SA_RESTART))
            _ = unsafe sigaction(signal, &noting, nil)
            previous.append((signal, before))
        }
    }

    deinit {
        for (signal, action) in previous {
            var action = action
            _ = unsafe sigaction(signal, &action, nil)
        }
    }

    /// The signals of this watch that have come, which are then forgotten.
    func take() -> [Int32] {
        let come = previous.map(\.signal).filter(Signals.contains)
        come.forEach(Signals.remove)
        return come
    }

    /// Lets a signal do what it would have done unwatched.
    func act(_ signal: Int32) {
        guard var before = previous.first(where: { $0.signal == signal })?.action else { return }
        var noting = sigaction()
        _ = unsafe sigaction(signal, &before, &noting)
        raise(signal)
        _ = unsafe sigaction(signal, &noting, nil)
    }
}
