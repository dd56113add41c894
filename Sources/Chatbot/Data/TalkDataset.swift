internal import Engine
package import NeuralNetworks
internal import Synchronization

/// Talks one behind the other, each epoch in another order, read side by side in streams whose state goes on.
package final class TalkDataset: Dataset {
    /// Talks that are seen alike often.
    package struct Part: Sendable {
        /// The numbers of each talk.
        package var talks: [[Int64]]
        /// How often a pass has each of them; below 1 the share of them that it has, others in each pass.
        package var repeats: Double
        /// The same talks in other words, and the share of them that take the place of the first.
        package var others: (talks: [[Int64]], share: Double)?

        package init(
            _ talks: [[Int64]], repeats: Double = 1, others: (talks: [[Int64]], share: Double)? = nil
        ) {
            self.talks = talks
            self.repeats = repeats
            self.others = others
        }

        /// How often a pass has all talks, and how many more it draws.
        private var shares: (whole: Int, drawn: Int) {
            let whole = Int(repeats)
            return (whole, Int((repeats - Double(whole)) * Double(talks.count)))
        }

        /// Whether a pass has none of the talks.
        var isEmpty: Bool { talks.isEmpty || shares == (0, 0) }

        /// The talks of a pass, in the order of a draw.
        func talks(_ random: inout RandomStream) -> [[Int64]] {
            let (whole, drawn) = shares
            var places = Array(talks.indices)
            var chosen = Array(repeating: places, count: whole).flatMap { $0 }
            for place in 0..<drawn {
                places.swapAt(place, random.integer(in: place...places.count - 1))
                chosen.append(places[place])
            }
            return chosen.map { place in
                guard let others, Double(random.uniform()) < others.share else { return talks[place] }
                return others.talks[place]
            }
        }
    }

    private let parts: [Part]
    private let code: CharacterCode
    private let streams: Int
    private let steps: Int
    private let seed: UInt64
    /// Stretches of a stream in a pass over all talks, and in an epoch.
    private let passWindows, windows: Int
    private let arranged = Mutex<(pass: Int, numbers: [Int64])?>(nil)

    /// - Parameters:
    ///   - streams: talks that are read side by side: the batch size.
    ///   - steps: of each example.
    ///   - epochCharacters: what an epoch has, about; nil for a pass over all talks.
    ///   - seed: decides the order.
    /// - Throws: `GraphError` where the talks are too short for a stretch in each stream, or a pass would have none.
    package init(
        _ parts: [Part], code: CharacterCode, streams: Int, steps: Int, epochCharacters: Int? = nil, seed: UInt64
    ) throws {
        self.parts = parts
        self.code = code
        self.streams = streams
        self.steps = steps
        self.seed = seed
        let expected = parts.reduce(0.0) { sum, part in
            sum + part.repeats * Double(part.talks.reduce(0) { $0 + $1.count })
        }
        passWindows = (Int(expected) / streams - 1) / steps
        windows = epochCharacters.map { max(1, $0 / streams / steps) } ?? passWindows
        guard passWindows >= 1 else {
            throw GraphError(
                fault:
                    "\(Int(expected)) characters do not fill \(streams) streams of \(steps) and one that follows; a smaller batch_size or fewer steps may do"
            )
        }
        guard !parts.allSatisfy(\.isEmpty) else {
            throw GraphError(fault: "a pass has none of the talks, since each file's repeats are less than one of them")
        }
    }

    /// Characters of an epoch, about.
    package var characters: Int { count * steps }
    package var count: Int { windows * streams }
    package var isSequential: Bool { true }

    package func batch(_ indices: [Int], epoch: Int?, seed: UInt64) -> Batch {
        var inputs: [Int64] = [], targets: [Int64] = [], continues: [Bool] = []
        for index in indices {
            let window = (epoch ?? 0) * windows + index / streams
            let numbers = numbers(of: window / passWindows)
            // Where a pass's draw is shorter than expected its end is its beginning again.
            let start = index % streams * (passWindows * steps) + window % passWindows * steps
            for place in start...start + steps {
                let number = numbers[place % numbers.count]
                if place < start + steps { inputs.append(number) }
                if place > start { targets.append(code.output(number)) }
            }
            continues.append(window % passWindows > 0)
        }
        let shape: Shape = [indices.count, steps]
        return Batch(
            inputs: Tensor(inputs, shape: shape), targets: Tensor(targets, shape: shape),
            continues: continues)
    }

    /// A pass's characters; the latest one is kept.
    private func numbers(of pass: Int) -> [Int64] {
        arranged.withLock { arranged in
            if let arranged, arranged.pass == pass { return arranged.numbers }
            var random = RandomStream(seed: seed, name: "talks", number: pass)
            var talks = parts.flatMap { $0.talks(&random) }
            for last in stride(from: talks.count - 1, to: 0, by: -1) {
                talks.swapAt(last, random.integer(in: 0...last))
            }
            let numbers = Array(talks.joined())
            arranged = (pass, numbers)
            return numbers
        }
    }
}
