package import ArgumentParser
import Synchronization

/// A user's wish to stop, which long work polls between whole steps.
///
/// ```swift
/// Interruption.watch()
/// try train(recipe, shouldStop: { Interruption.isRequested })
/// ```
///
/// The first Ctrl-C (or SIGTERM) asks; the work finishes its step, writes its files whole and throws
/// `CancellationError`, with which ``CommandRunner`` ends quietly. The second ends the process at once; files are still
/// whole, since they are written beside and renamed.
package enum Interruption {
    /// The exit status of a command that was asked to stop: 128 and SIGINT's number, as shells have it.
    package static let exitCode = ExitCode(130)

    /// From now on the first Ctrl-C asks instead of killing.
    package static func watch() { SystemCalls.catchStopSignals() }

    /// Whether the user asked to stop.
    package static var isRequested: Bool { SystemCalls.stopRequested.load(ordering: .relaxed) }
}
