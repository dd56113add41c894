package import Pipelines

/// What a network of faces is made by: `pipelines/faces.yaml` is one.
package struct FaceRecipe: RecipePart {
    package enum Learn: String, Codable, CaseIterable, Sendable {
        /// A network, from its first weights on.
        case network
        /// A direction a person among the vectors of a network that stays as it is.
        case people
    }

    /// How a face lies in the network's pictures.
    package struct Chip: RecipePart {
        package var template = FaceAligner.Template.arcface112
        /// Width and height in pixels.
        package var side = 64

        package init() {}

        package func validate() throws(RecipeFault) { try require("side", side, in: 16...512) }
    }

    /// The large margin cosine loss (Wang et al. 2018, "CosFace", equation 4).
    package struct Margin: RecipePart {
        /// By how much the cosine of the own person counts as smaller.
        package var margin: Float = 0.35
        /// What cosines are multiplied by.
        package var scale: Float = 24

        package init() {}

        package func validate() throws(RecipeFault) {
            try require("margin", margin, in: 0...1)
            try require("scale", scale, in: 1...1_000)
        }
    }

    /// What is not learned from, to judge by.
    package struct HeldBack: RecipePart {
        /// Photos of each person who has two more than that: the last ones by name.
        package var photos = 0

        package init() {}

        package func validate() throws(RecipeFault) { try require("photos", photos, in: 0...1_000) }
    }

    /// What the model is called.
    package var name = "faces"
    /// Where the photos come from, and their licence, for the model's metadata.
    package var data = ""
    package var learn = Learn.network
    /// Of a network that is learned.
    package var chip: Chip?
    /// Of a network that is learned.
    package var network: FaceNetwork?
    package var augmentation = FaceAugmentation()
    package var loss = Margin()
    package var validation = HeldBack()
    package var training = TrainingRecipe(epochs: 40)

    package init() {}

    package func validate() throws(RecipeFault) {
        guard learn == .people else { return }
        for (key, isGiven) in [("chip", chip != nil), ("network", network != nil)] where isGiven {
            throw RecipeFault(key, "where people are learned, the network and its chips stay as they are")
        }
    }
}
