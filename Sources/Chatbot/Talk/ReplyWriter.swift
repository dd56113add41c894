internal import Engine
internal import Text

/// Writes replies: one, character by character, or several side by side of which the best is taken.
struct ReplyWriter {
    let model: CharacterModel
    let sampling: Sampling
    /// How much a reply loses by being likely whatever was said.
    static let aloneShare = 0.5

    /// A reply.
    ///
    /// - Parameters:
    ///   - memory: of the talk up to where the reply begins.
    ///   - alone: of nothing but that a reply begins.
    ///   - seed: with `number` what decides the draws.
    ///   - onCharacter: told of each character as it is written, where there is one candidate, and else of all at the end; false stops.
    func reply(
        after memory: Memory, alone: Memory, seed: UInt64, number: Int, onCharacter: (Unicode.Scalar) -> Bool
    ) throws(GraphError) -> Draft {
        let count = sampling.isGreedy ? 1 : sampling.candidates
        let isJudged = count > 1, width = model.code.outputs
        var drafts = Array(repeating: Draft(model.code), count: count)
        var randoms = (0..<count).map { RandomStream(seed: seed, name: "candidate \($0)", number: number) }
        // The candidates, and behind them the same without the talk.
        var state = CharacterModel.State(
            rows: Array(repeating: memory.state, count: count)
                + (isJudged ? Array(repeating: alone.state, count: count) : []))
        var logits = Array(repeating: memory.logits, count: count).flatMap { $0 }
        if isJudged { logits += Array(repeating: alone.logits, count: count).flatMap { $0 } }
        writing: while true {
            var numbers: [Int64] = []
            for row in 0..<count {
                guard drafts[row].end == nil else {
                    numbers.append(Int64(0))
                    continue
                }
                let own = logits[row * width..<(row + 1) * width]
                let alone = isJudged ? logits[(count + row) * width..<(count + row + 1) * width] : nil
                let number = sampling.draw(drafts[row].adjusted(own, sampling), &randoms[row])
                drafts[row].append(number, own, alone: alone, sampling)
                numbers.append(Int64(number))
                if !isJudged, number > 0, !onCharacter(model.code.vocabulary.character(of: number)) { break writing }
            }
            if drafts.allSatisfy({ $0.end != nil }) { break }
            if isJudged { numbers += numbers }
            logits = try model.run(Tensor(numbers, shape: [numbers.count, 1]), &state)
        }
        guard isJudged else { return drafts[0] }
        let scores = drafts.map { $0.end == .cut ? -.infinity : $0.score(aloneShare: Self.aloneShare) }
        let best = drafts[scores.indices.max { scores[$0] < scores[$1] } ?? 0]
        for character in best.text.unicodeScalars where !onCharacter(character) { break }
        return best
    }
}
