import Glibc

/// A user's wish that what is done now should stop, and the program go on.
///
/// From the first ``LineReader`` on a terminal on, Ctrl-C (SIGINT) no longer ends the process. Work between two lines
/// polls this, from any thread; the next call for a line forgets it.
package enum ControlC {
    /// Whether Ctrl-C was pressed since the last line came.
    package static var isPressed: Bool { Signals.contains(SIGINT) }

    static func forget() { Signals.remove(SIGINT) }
}
