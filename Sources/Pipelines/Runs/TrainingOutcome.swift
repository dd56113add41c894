/// What a training run gave.
package struct TrainingOutcome: Sendable, Hashable {
    /// A record an epoch.
    package let epochs: [EpochRecord]
    /// The record of the epoch whose model was kept.
    package let kept: EpochRecord
    /// Whether the run had been finished before; nothing was trained or written then.
    package let wasFinished: Bool

    /// How long all epochs took.
    package var seconds: Double { epochs.reduce(0) { $0 + $1.seconds } }
}
