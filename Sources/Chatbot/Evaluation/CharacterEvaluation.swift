internal import Engine
internal import Glibc
internal import Text

/// How well a network foretells characters: its loss on texts, each from an empty state on.
package struct CharacterEvaluation: Hashable, Sendable {
    /// Characters that were foretold.
    package private(set) var characters = 0
    /// −Σ ln p of them.
    package private(set) var nats = 0.0

    package init() {}

    package var natsPerCharacter: Double { nats / Double(max(characters, 1)) }
    package var bitsPerCharacter: Double { natsPerCharacter / log(2) }

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.characters += right.characters
        sum.nats += right.nats
        return sum
    }

    /// Texts that are read side by side, and characters of them at a time.
    ///
    /// With int8 weights products of few rows make integers of the rows, too, and those of many do not: what is judged is what talks.
    private static func extent(_ model: CharacterModel) -> (rows: Int, steps: Int) {
        model.multipliesIntegers ? (32, 1) : (64, 64)
    }

    /// Judges a network on texts.
    ///
    /// - Parameters:
    ///   - texts: the numbers of each; before the first comes the code's beginning.
    ///   - progress: told how many characters are done.
    /// - Throws: `GraphError` where the model is not one over such numbers.
    package init(
        of model: CharacterModel, on texts: [[Int64]], progress: (Int) -> Void = { _ in }
    ) throws {
        // Of like length side by side, so that little is computed for nothing.
        let (rows, most) = Self.extent(model)
        let sorted = texts.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
        for start in stride(from: 0, to: sorted.count, by: rows) {
            let group = Array(sorted[start..<min(sorted.count, start + rows)])
            var state = model.emptyState(rows: group.count)
            let longest = group[0].count
            for place in stride(from: 0, to: longest, by: most) {
                let steps = min(most, longest - place)
                // Those that are over lie behind the others; half as many are read in half the time.
                let left = group.prefix { $0.count > place }.count
                if 2 * left <= state.rows { state = state.keeping(Array(0..<left)) }
                let active = group.prefix(state.rows)
                var inputs: [Int64] = []
                for text in active {
                    for step in place..<place + steps {
                        inputs.append(step == 0 ? model.code.beginning : step <= text.count ? text[step - 1] : 0)
                    }
                }
                let logits = try model.run(Tensor(inputs, shape: [active.count, steps]), &state)
                let width = model.code.outputs
                for (row, text) in active.enumerated() {
                    for step in 0..<max(0, min(steps, text.count - place)) {
                        let first = (row * steps + step) * width
                        add(
                            logits[first..<first + width], model.code.output(text[place + step]),
                            model.code.vocabulary.bitsPerEscape)
                    }
                }
                progress(characters)
            }
        }
    }

    /// Counts a character, of whose number the logits tell; one that is not known costs what names it besides.
    private mutating func add(_ logits: ArraySlice<Float>, _ target: Int64, _ bitsPerEscape: Double) {
        nats -= logits.logProbability(of: Int(target))
        if target == Vocabulary.escape { nats += bitsPerEscape * log(2) }
        characters += 1
    }
}
