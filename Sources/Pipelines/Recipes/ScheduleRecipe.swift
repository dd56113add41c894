package import NeuralNetworks

/// The learning rate by step, in a recipe.
///
/// ```yaml
/// schedule: {name: cosine, peak: 3e-3, warm_up_steps: 500}
/// ```
package struct ScheduleRecipe: RecipePart {
    package enum Name: String, Codable, CaseIterable, Sendable { case constant, cosine }

    /// `constant`, or `cosine`, which falls to 0 at the last epoch's end.
    package var name = Name.cosine
    /// The highest rate.
    package var peak: Float = 1e-3
    /// Steps in which the rate rises from 0.
    package var warmUpSteps = 0

    package init() {}

    package init(_ name: Name, peak: Float, warmUpSteps: Int = 0) {
        self.name = name
        self.peak = peak
        self.warmUpSteps = warmUpSteps
    }

    package func validate() throws(RecipeFault) {
        try require("peak", peak, in: 1e-8...100)
        try require("warm_up_steps", warmUpSteps, in: 0...1_000_000_000)
    }

    /// The schedule of a training of `steps` steps.
    package func schedule(steps: Int) -> Schedule {
        switch name {
        case .constant: .constant(rate: peak, warmUp: warmUpSteps)
        case .cosine: .cosine(peak: peak, warmUp: warmUpSteps, steps: steps)
        }
    }
}
