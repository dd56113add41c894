package import Pipelines

/// What a network over characters is made by: `pipelines/chat.yaml` and `pipelines/shakespeare.yaml` are some.
package struct ChatRecipe: RecipePart {
    /// A file of talks among the data, and how often an epoch has them.
    package struct TalkSet: RecipePart {
        /// Its name in the folder of data.
        package var file = ""
        /// How often each pass has each of its talks; below 1 the share of them that a pass has.
        package var repeats = 1.0
        /// The share of them in which whoever began types in lower case and without punctuation, as people do.
        package var careless = 0.0

        package init() {}

        package func validate() throws(RecipeFault) {
            try require("repeats", repeats, in: 0...1_000)
            try require("careless", careless, in: 0...1)
        }
    }

    /// What is held back to judge by.
    package struct Validation: RecipePart {
        /// Of talks: every so many lines of a file one is held back.
        package var every = 20
        /// The first of them, counted from 0.
        package var first = 7
        /// Of each file's talks that are held back, about so many characters are foretold after an epoch.
        package var characters = 100_000

        package init() {}

        package func validate() throws(RecipeFault) {
            try require("every", every, in: 2...1_000_000)
            try require("first", first, in: 0...every - 1)
            try require("characters", characters, in: 1_000...100_000_000)
        }
    }

    /// Of a plain text, what is learned from and what judged by, each a pair of shares of its characters, from and to.
    package struct Shares: RecipePart {
        package var training = [0, 0.9]
        /// Empty where nothing is held back.
        package var validation = [0.9, 1]

        package init() {}

        package func validate() throws(RecipeFault) {
            for (key, share) in [("training", training), ("validation", validation)] {
                let isEmpty = key == "validation" && share.isEmpty
                guard isEmpty || (share.count == 2 && share[0] >= 0 && share[0] < share[1] && share[1] <= 1) else {
                    throw RecipeFault(
                        key, is: "\(share)", accepted: "are two shares, the lower first, such as [0, 0.9]")
                }
            }
        }
    }

    /// What `--version` calls the model.
    package var name = "chat"
    /// Where the texts come from, and their licences, for the model's metadata.
    package var data = ""
    /// The files of talks; empty for all that are found.
    package var sets: [TalkSet] = []
    /// The share of a text that the characters make up which have numbers of their own.
    package var coverage = 0.99995
    package var network = CharacterNetwork()
    /// Characters that the model reads and never writes, such as brackets around what a person would have filled in.
    package var unwritten = ""
    /// Characters that the gradient goes back through.
    package var steps = 64
    /// What an epoch is, where it is no pass over all texts: so many characters.
    package var epochCharacters: Int?
    package var validation = Validation()
    package var shares = Shares()
    package var training = TrainingRecipe(epochs: 10, batchSize: 32)

    package init() {}

    package func validate() throws(RecipeFault) {
        try require("coverage", coverage, in: 0.5...1)
        try require("steps", steps, in: 2...4_096)
        try require("epoch_characters", epochCharacters, in: 1_000...1_000_000_000_000)
    }
}
