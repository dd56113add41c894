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
    ///   - onCharacter: told of each character as it is written, where there is one candidate, and else of all at the end.
    ///   - shouldStop: asked after each character that is written, of all candidates.
    func reply(
        after memory: Memory, alone: Memory, seed: UInt64, number: Int, onCharacter: (Unicode.Scalar) -> Void,
        shouldStop: () -> Bool
    ) throws(GraphError) -> Draft {
        let count = sampling.drafts
        var drafts = (0..<count).map { candidate in
            Draft(model, RandomStream(seed: seed, name: "candidate \(candidate)", number: number))
        }
        guard count > 1 else {
            try write(&drafts[0], after: memory, onCharacter, shouldStop)
            return drafts[0]
        }
        try write(&drafts, after: memory, alone: alone, shouldStop)
        let scores = drafts.map { $0.end == .cut ? -.infinity : $0.score(aloneShare: Self.aloneShare) }
        let best = drafts[scores.indices.max { scores[$0] < scores[$1] } ?? 0]
        for character in best.text.unicodeScalars { onCharacter(character) }
        return best
    }

    private func write(
        _ draft: inout Draft, after memory: Memory, _ onCharacter: (Unicode.Scalar) -> Void, _ shouldStop: () -> Bool
    ) throws(GraphError) {
        var steps = try CharacterSteps(model, after: memory.state)
        var logits = memory.logits
        while true {
            let number = draft.draw(logits[...], sampling)
            if number != Vocabulary.lineBreak { onCharacter(model.code.vocabulary.character(of: number)) }
            if draft.end != nil || shouldStop() { return }
            logits = steps.read([Int64(number)])
        }
    }

    /// Writes all drafts side by side, and behind each reads what it says without the talk.
    private func write(
        _ drafts: inout [Draft], after memory: Memory, alone: Memory, _ shouldStop: () -> Bool
    ) throws(GraphError) {
        let width = model.code.outputs
        // Those that are not at their end yet, two rows each.
        var written = Array(drafts.indices)
        var steps = try CharacterSteps(
            model, after: CharacterModel.State(rows: written.flatMap { _ in [memory.state, alone.state] }))
        var logits = written.flatMap { _ in memory.logits + alone.logits }
        while true {
            var numbers: [Int64] = []
            for (place, candidate) in written.enumerated() {
                guard drafts[candidate].end == nil else {
                    numbers += [0, 0]
                    continue
                }
                let own = logits[2 * place * width..<(2 * place + 1) * width]
                let number = drafts[candidate].draw(own, sampling)
                drafts[candidate].judge(number, own, alone: logits[(2 * place + 1) * width..<(2 * place + 2) * width])
                numbers += [Int64(number), Int64(number)]
            }
            let left = written.indices.filter { drafts[written[$0]].end == nil }
            if left.isEmpty || shouldStop() { return }
            // Half as many are written in half the time; powers of two, since each number of rows has a plan of its own.
            var size = 1
            while size < left.count { size *= 2 }
            if 2 * size <= written.count {
                let kept = left + written.indices.filter { drafts[written[$0]].end != nil }.prefix(size - left.count)
                let rows = kept.flatMap { [2 * $0, 2 * $0 + 1] }
                steps = try CharacterSteps(model, after: steps.state.keeping(rows))
                numbers = rows.map { numbers[$0] }
                written = kept.map { written[$0] }
            }
            logits = steps.read(numbers)
        }
    }
}
