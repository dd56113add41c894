internal import Engine
internal import Glibc
internal import Text

/// A reply in the making.
struct Draft {
    /// Why nothing more is written.
    enum End { case finished, cut }

    /// Its characters so far.
    private(set) var numbers: [Int] = []
    private(set) var end: End?
    /// The logarithm of its probability given the talk, and of that by itself; only of replies that are judged.
    private var logLikelihood = 0.0, logLikelihoodAlone = 0.0
    private let model: CharacterModel
    private var random: RandomStream
    private var words: [[Int]] = []
    private var word: [Int] = []
    private var hasLetter = false
    /// A piece of so many characters must not come a third time.
    private static let piece = 20

    init(_ model: CharacterModel, _ random: RandomStream) {
        self.model = model
        self.random = random
    }

    var text: String { model.code.vocabulary.decode(numbers) }

    /// What is drawn from: the network's logits without what would spoil the reply.
    ///
    /// What the model does not write is left out, a reply is not empty, no piece comes thrice, and, unless the likeliest is asked for, what repeats
    /// itself is less likely.
    private func adjusted(_ logits: ArraySlice<Float>, _ sampling: Sampling) -> [Double] {
        var adjusted = logits.map(Double.init)
        if sampling.characterPenalty != 1, !sampling.isGreedy {
            for number in Set(numbers) {
                adjusted[number] *= adjusted[number] > 0 ? 1 / sampling.characterPenalty : sampling.characterPenalty
            }
        }
        if sampling.wordPenalty != 1, !sampling.isGreedy, word.count >= 2 {
            for said in words where said.count > max(word.count, 3) && said.starts(with: word) {
                adjusted[said[word.count]] -= log(sampling.wordPenalty)
            }
        }
        for number in model.unwritten { adjusted[number] = -.infinity }
        if !hasLetter { adjusted[Vocabulary.lineBreak] = -.infinity }
        if numbers.isEmpty { adjusted[model.code.vocabulary.number(of: " ")] = -.infinity }
        for number in thirds { adjusted[number] = -.infinity }
        return adjusted
    }

    /// Characters that would make a piece come a third time.
    private var thirds: [Int] {
        let length = Self.piece - 1
        guard numbers.count > length else { return [] }
        let tail = numbers.suffix(length)
        var followers: [Int: Int] = [:]
        for start in 0..<numbers.count - length where numbers[start..<start + length].elementsEqual(tail) {
            followers[numbers[start + length], default: 0] += 1
        }
        return followers.filter { $0.value >= 2 }.map(\.key)
    }

    /// Draws its next character, and takes it up.
    mutating func draw(_ logits: ArraySlice<Float>, _ sampling: Sampling) -> Int {
        let number = sampling.draw(adjusted(logits, sampling), &random)
        append(number, sampling)
        return number
    }

    /// Counts how likely a character is that was drawn: what the network thought of it, and what it thought without the talk.
    mutating func judge(_ number: Int, _ logits: ArraySlice<Float>, alone: ArraySlice<Float>) {
        logLikelihood += logits.logProbability(of: number)
        logLikelihoodAlone += alone.logProbability(of: number)
    }

    private mutating func append(_ number: Int, _ sampling: Sampling) {
        if number == Vocabulary.lineBreak {
            end = .finished
            return
        }
        numbers.append(number)
        let properties = model.code.vocabulary.character(of: number).properties
        if properties.isAlphabetic || properties.numericType != nil {
            hasLetter = true
            word.append(number)
        } else if !word.isEmpty {
            words.append(word)
            word = []
        }
        // Where the end is near, the end of a sentence will do.
        if numbers.count >= sampling.maximumLength {
            end = .cut
        } else if numbers.count > sampling.maximumLength * 3 / 4,
            ".!?".unicodeScalars.contains(model.code.vocabulary.character(of: number))
        {
            end = .finished
        }
    }

    /// How well it answers: the logarithm of its probability given the talk, less a share of that by itself, a character.
    ///
    /// - Source: Li, Galley, Brockett, Gao, Dolan 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models",
    ///   equation 10 (MMI-antiLM).
    func score(aloneShare: Double) -> Double {
        (logLikelihood - aloneShare * logLikelihoodAlone) / Double(numbers.count + 1)
    }
}
