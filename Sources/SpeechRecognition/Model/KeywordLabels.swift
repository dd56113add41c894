/// What a model tells apart: words, and silence.
package struct KeywordLabels: Hashable, Sendable {
    /// The label of what is no speech.
    package static let silence = "_silence_"
    /// The label of any word that is no command.
    package static let unknown = "_unknown_"
    /// The 35 words of Speech Commands v0.02 (Warden 2018, arXiv 1804.03209).
    package static let speechCommands = [
        "backward", "bed", "bird", "cat", "dog", "down", "eight", "five", "follow", "forward", "four", "go", "happy",
        "house", "learn", "left", "marvin", "nine", "no", "off", "on", "one", "right", "seven", "sheila", "six",
        "stop", "three", "tree", "two", "up", "visual", "wow", "yes", "zero",
    ]
    /// The ten words of the 12-class task, in its order.
    package static let tenCommands = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]

    /// In the order of the model's outputs; one of them is ``silence``.
    package let all: [String]
    /// The words that are listened for unless others are named, and that keep their names where all others are
    /// ``unknown``.
    package let commands: [String]

    /// Labels of a model that knows `words`, sorted, and silence. Its commands are the ten, where it knows all of them,
    /// and otherwise all of its words.
    package init(words: some Sequence<String>) {
        let sorted = Set(words).subtracting([Self.silence]).sorted()
        self.init(checked: sorted + [Self.silence])
    }

    /// Labels in the order of a model's outputs; `nil` where one is there twice, or there is no silence or no word.
    package init?(outputs: [String]) {
        guard Set(outputs).count == outputs.count, outputs.contains(Self.silence), outputs.count > 1,
            !outputs.contains(Self.unknown), !outputs.contains("")
        else { return nil }
        self.init(checked: outputs)
    }

    private init(checked: [String]) {
        all = checked
        let words = checked.filter { $0 != Self.silence }
        commands = Set(Self.tenCommands).isSubset(of: words) ? Self.tenCommands : words
    }

    /// The words: all but silence.
    package var words: [String] { all.filter { $0 != Self.silence } }

    /// Which output a label has.
    package func index(of label: String) -> Int? { all.firstIndex(of: label) }

    /// The output of silence.
    package var silenceIndex: Int { index(of: Self.silence) ?? all.count - 1 }
}

/// How the outputs of a model are summed up to the labels that are asked for.
package struct LabelView: Hashable, Sendable {
    /// The labels, in the order of ``summed(_:)``.
    package let labels: [String]
    /// For each output of the model, the label it counts for.
    private let places: [Int]

    /// Every label of the model by itself.
    package static func allWords(of labels: KeywordLabels) -> LabelView {
        LabelView(labels: labels.all, places: Array(labels.all.indices))
    }

    /// The commands, `_unknown_` for every other word, and silence; without `_unknown_` where all words are commands.
    package static func commands(of labels: KeywordLabels) -> LabelView {
        let hasOthers = labels.words.count > labels.commands.count
        let shown = labels.commands + (hasOthers ? [KeywordLabels.unknown] : []) + [KeywordLabels.silence]
        let unknown = shown.firstIndex(of: KeywordLabels.unknown) ?? 0
        return LabelView(labels: shown, places: labels.all.map { shown.firstIndex(of: $0) ?? unknown })
    }

    /// The probabilities of the labels: sums over the model's.
    package func summed(_ probabilities: [Float]) -> [Float] {
        var sums = [Float](repeating: 0, count: labels.count)
        for (place, probability) in zip(places, probabilities) { sums[place] += probability }
        return sums
    }

    /// The most probable label, of equals the first, and its probability.
    package func best(_ probabilities: [Float]) -> (index: Int, probability: Float) {
        let sums = summed(probabilities)
        var best = 0
        for index in sums.indices where sums[index] > sums[best] { best = index }
        return (best, min(sums[best], 1))
    }

    /// The label that clips of a folder or a row called `name` truly have; `nil` if the view has none for it.
    package func place(ofTruth name: String, labels model: KeywordLabels) -> Int? {
        let name = name == RecordingFolder.backgroundNoise ? KeywordLabels.silence : name
        return labels.firstIndex(of: name) ?? model.index(of: name).map { places[$0] }
    }
}
