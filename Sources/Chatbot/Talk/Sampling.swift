internal import Engine
internal import Glibc

/// How replies are drawn from what the network thinks of each character.
package struct Sampling: Hashable, Sendable {
    /// What logits are divided by: below 1 the likely becomes likelier; 0 takes the likeliest. nil for what suits the number of replies: of several
    /// that are drawn daringly the best is no dull one, while one alone had better be careful.
    package var temperature: Double?
    /// So many of the likeliest characters are left (Fan, Lewis, Dauphin 2018); nil for all.
    package var topK: Int?
    /// The likeliest characters are left that have this probability together (Holtzman, Buys, Du, Forbes, Choi 2020).
    package var topP = 1.0
    /// Characters are left that are at least so likely, of the likeliest one's probability (Nguyen et al. 2024, arXiv 2407.01082).
    package var minP = 0.02
    /// What the logits of characters of the reply are divided by, or multiplied with where they are negative (Keskar et al. 2019, arXiv 1909.05858,
    /// section 4.1); 1 for nothing.
    package var characterPenalty = 1.0
    /// By how much less likely a character becomes that goes on with a word which the reply has already; 1 for nothing.
    package var wordPenalty = 1.5
    /// Characters of a reply at most.
    package var maximumLength = 300
    /// Replies that are written side by side, of which the best is given.
    package var candidates = 8

    package init() {}

    /// Whether always the likeliest character is taken.
    var isGreedy: Bool { temperature == 0 }
    /// What logits are divided by, of replies that are drawn.
    private var heat: Double { temperature ?? (candidates > 1 ? Self.severalTemperature : Self.singleTemperature) }

    /// The temperature of several candidates, and of a single one, where none is given.
    package static let severalTemperature = 1.15, singleTemperature = 0.8

    /// How many replies are written; greedy ones would be the same.
    package var drafts: Int { isGreedy ? 1 : candidates }

    /// Where a value cannot be: its name, what it is, and what it can be; nil where all can.
    package var fault: String? {
        func check<Value: Comparable>(_ name: String, _ value: Value, _ range: ClosedRange<Value>) -> String? {
            range.contains(value) ? nil : "\(name) is \(value); it can be \(range.lowerBound) to \(range.upperBound)"
        }
        return check("temperature", temperature ?? 1, 0...10) ?? check("top-k", topK ?? 1, 1...1_000_000)
            ?? check("top-p", topP, 0...1) ?? check("min-p", minP, 0...1)
            ?? check("character penalty", characterPenalty, 0.1...10) ?? check("word penalty", wordPenalty, 0.1...100)
            ?? check("maximum length", maximumLength, 1...10_000) ?? check("candidates", candidates, 1...64)
    }

    /// Draws a number by its logit; those of −∞ are never drawn.
    func draw(_ logits: [Double], _ random: inout RandomStream) -> Int {
        let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
        guard !isGreedy else { return best }
        var left = logits.indices.filter { logits[$0] > -.infinity }
        var weights = logits.map { exp(($0 - logits[best]) / heat) }
        if topK ?? .max < left.count || topP < 1 {
            left.sort { (weights[$0], $1) > (weights[$1], $0) }
            left = Array(left.prefix(topK ?? .max))
            let total = left.reduce(0) { $0 + weights[$1] }
            var sum = 0.0
            left = Array(
                left.prefix { place in
                    defer { sum += weights[place] }
                    return sum < topP * total
                })
            if left.isEmpty { left = [best] }
        }
        for place in left where weights[place] < minP { weights[place] = 0 }
        let total = left.reduce(0) { $0 + weights[$1] }
        var rest = Double(random.uniform()) * total
        for place in left {
            rest -= weights[place]
            if rest < 0 { return place }
        }
        return best
    }
}
