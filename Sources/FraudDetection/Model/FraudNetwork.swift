package import NeuralNetworks
package import Pipelines

/// The shape of a dense network over the columns of a table, as a recipe says it.
package struct FraudNetwork: RecipePart {
    /// Quantiles of each number, of the frauds and of the rest each, between which the network's function of it bends.
    package var quantiles = 24
    /// Thresholds of each number that tell frauds best, at each of which its function may jump.
    package var thresholds = 7
    /// Units of the hidden layers, each followed by ReLU and dropout.
    package var units = [128, 64]
    /// The share of a hidden layer's units that is set to 0 in training.
    package var dropout = 0.1
    /// Of a category's vectors.
    package var categoryDimensions = 8
    /// How many of a category's levels have a vector of their own, the most frequent ones.
    package var levels = 1_000
    /// How many vectors all other levels share, by a hash of their text.
    package var hashedLevels = 1

    package init() {}

    package func validate() throws(RecipeFault) {
        try require("quantiles", quantiles, in: 2...1_000)
        try require("thresholds", thresholds, in: 0...1_000)
        guard units.count <= 16, units.allSatisfy({ (1...8_192).contains($0) }) else {
            throw RecipeFault("units", is: "\(units)", accepted: "are up to 16 layers of 1 to 8192 units")
        }
        try require("dropout", dropout, in: 0...0.95)
        try require("category_dimensions", categoryDimensions, in: 1...1_024)
        try require("levels", levels, in: 0...1_000_000)
        try require("hashed_levels", hashedLevels, in: 1...1_000_000)
    }

    /// The layers.
    ///
    /// - Shapes: f32 `[N, numbers + categories]` → `[N, 1]`, the logit of a fraud.
    package func layers(edges: [[Float]], levels: [Int]) -> Sequential {
        var layers: [any Layer] = [
            TabularEncoding(
                edges: edges,
                categories: levels.map { TabularEncoding.Category(levels: $0, dimensions: categoryDimensions) })
        ]
        for units in units { layers += [Dense(units), Activation(.relu), Dropout(Float(dropout))] }
        return Sequential(layers + [Dense(1)])
    }
}
