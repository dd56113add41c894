package import Progress

/// How good a network is after an epoch.
package struct Validation: Sendable, Hashable {
    /// Named figures, for the log and the curves.
    package var figures: [Metric]
    /// By this the best epoch is chosen: the greater the better, of equals the first; none is best whose score is not finite.
    package var score: Double

    package init(figures: [Metric], score: Double) {
        self.figures = figures
        self.score = score
    }

    /// Accuracy and loss; the greater accuracy is better.
    package init(accuracy: Double, loss: Double) {
        self.init(figures: [Metric("accuracy", accuracy), Metric("loss", loss)], score: accuracy)
    }
}
