package import Engine
internal import Text

extension CharacterModel {
    /// Goes on with a text, character by character.
    ///
    /// - Parameters:
    ///   - text: what stands before.
    ///   - length: characters to write.
    ///   - onCharacter: told of each; false stops.
    /// - Throws: `GraphError` where the model is one of talks.
    package func complete(
        _ text: String, length: Int, sampling: Sampling, seed: UInt64, onCharacter: (Unicode.Scalar) -> Bool
    ) throws(GraphError) {
        guard !code.isOfTalks else {
            throw GraphError(fault: "the model is one of talks; char-chat reply answers with it")
        }
        let memory = try read([code.beginning] + code.encode(text), after: nil)
        var steps = try CharacterSteps(self, after: memory.state), latest = memory.logits
        var sampling = sampling
        sampling.candidates = 1
        var random = RandomStream(seed: seed, name: "completion")
        for _ in 0..<length {
            var logits = latest.map(Double.init)
            for number in unwritten { logits[number] = -.infinity }
            let number = sampling.draw(logits, &random)
            guard onCharacter(code.vocabulary.character(of: number)) else { return }
            latest = steps.read([Int64(number)])
        }
    }
}
