package import Progress
import Synchronization

/// Progress on standard error.
package final class ProgressDisplay: Sendable {
    private let drawing: Mutex<ProgressDrawing>
    private let stream = StandardError.shared
    private let start = ContinuousClock.now

    private init() {
        drawing = Mutex(ProgressDrawing(stream.isTerminal ? .terminal(colour: stream.hasColour) : .plain))
    }

    /// A handler that shows progress on standard error, or nothing where the user wants quiet.
    package static func handler(quiet: Bool) -> ProgressHandler {
        if quiet { return { _ in } }
        let display = ProgressDisplay()
        return { display.show($0) }
    }

    private func show(_ event: ProgressEvent) {
        drawing.withLock { drawing in
            let outputs = drawing.outputs(for: event, at: start.duration(to: .now), columns: stream.columns)
            for output in outputs {
                switch output {
                case .redraw(let text): stream.redraw(text)
                case .line(let text): stream.line(text)
                }
            }
        }
    }
}
