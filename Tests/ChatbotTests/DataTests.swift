import Chatbot
import Engine
import NeuralNetworks
import Testing
import Text

@Suite struct DataTests {
    private let code = Talks.code

    @Test("what is written of a talk is its rendering; what is read says whose turn it is") func marks() {
        for dialogue in Talks.dialogues {
            let read = code.encode(dialogue)
            #expect(code.vocabulary.decode(read.map(code.output)) == dialogue.rendered)
            #expect(read.count == dialogue.characterCount)
            let marks = read.filter { $0 >= Int64(code.vocabulary.count) || $0 == code.firstSpeaks }
            let turns = dialogue.turns.indices.map { $0 % 2 == 0 ? code.secondSpeaks : code.firstSpeaks }
            #expect(marks == turns + [code.talkBegins])
        }
        let plain = CharacterCode(code.vocabulary, isOfTalks: false)
        #expect(plain.inputs == plain.outputs && plain.beginning == 0)
        #expect(code.inputs == code.outputs + 2)
    }

    /// Ten talks of the same length, each of one letter.
    private func talks() -> [[Int64]] { (0..<10).map { Array(repeating: Int64($0 + 2), count: 12) } }

    @Test("a pass has each talk once, whole, in an order that the pass decides") func pass() throws {
        let dataset = try TalkDataset(
            [.init(talks())], code: code, streams: 1, steps: 7, seed: 5)
        #expect(dataset.count == 17)  // of 120 characters; one must follow the last stretch
        func pass(_ epoch: Int) -> [Int64] {
            (0..<dataset.count).flatMap { dataset.batch([$0], epoch: epoch, seed: 1).inputs.integers ?? [] }.map(
                Int64.init)
        }
        let first = pass(0), second = pass(1)
        #expect(first.count == 119 && first != second && first == pass(0))
        for numbers in [first, second] {
            for start in stride(from: 0, to: 108, by: 12) { #expect(Set(numbers[start..<start + 12]).count == 1) }
            #expect(Set(numbers) == Set(2...11))
        }
        // What follows is the target, and each stretch goes on where the one before stopped.
        let batches = (0..<dataset.count).map { dataset.batch([$0], epoch: 0, seed: 1) }
        #expect(batches.flatMap { $0.targets.integers ?? [] }.dropLast().map(Int64.init) == Array(first.dropFirst()))
        #expect(batches.map { $0.continues } == [[false]] + Array(repeating: [true], count: 16))
    }

    @Test("an epoch of so many characters goes on where the one before it stopped") func epochs() throws {
        let whole = try TalkDataset([.init(talks())], code: code, streams: 2, steps: 5, seed: 5)
        let parts = try TalkDataset(
            [.init(talks())], code: code, streams: 2, steps: 5, epochCharacters: 40, seed: 5)
        #expect(whole.count == 22 && parts.count == 8)
        for window in 0..<22 {
            let at = whole.batch([2 * (window % 11), 2 * (window % 11) + 1], epoch: window / 11, seed: 1)
            let same = parts.batch([2 * (window % 4), 2 * (window % 4) + 1], epoch: window / 4, seed: 1)
            #expect(at.inputs == same.inputs && at.targets == same.targets && at.continues == same.continues)
        }
    }

    @Test("talks are repeated, or drawn, as often as it says") func repeats() throws {
        func counts(_ repeats: Double, epoch: Int) throws -> [Int] {
            let others = [Array(repeating: Int64(1), count: 4_800)]
            let dataset = try TalkDataset(
                [.init(others), .init(talks(), repeats: repeats)], code: code, streams: 1, steps: 10, seed: 5)
            let numbers = (0..<dataset.count).flatMap {
                dataset.batch([$0], epoch: epoch, seed: 1).inputs.integers ?? []
            }
            return (2...11).map { letter in (numbers.count { $0 == letter } + 11) / 12 }
        }
        #expect(try counts(3, epoch: 0).reduce(0, +) >= 29)
        #expect(try counts(3, epoch: 0).allSatisfy { (2...3).contains($0) })
        let some = try (0..<4).map { try counts(0.3, epoch: $0) }
        #expect(some.allSatisfy { (2...3).contains($0.reduce(0, +)) })
        #expect(Set(some).count > 1, "each pass draws others")
        #expect(try counts(1.5, epoch: 0).allSatisfy { (1...2).contains($0) })
    }

    @Test("a share of the talks comes in other words") func others() throws {
        let others = talks().map { $0.map { $0 + 100 } }
        let dataset = try TalkDataset(
            [.init(talks(), repeats: 40, others: (others, 0.25))], code: code, streams: 1, steps: 12, seed: 5)
        let numbers = (0..<dataset.count).flatMap { dataset.batch([$0], epoch: 0, seed: 1).inputs.integers ?? [] }
        let share = Double(numbers.count { $0 > 100 }) / Double(numbers.count)
        #expect((0.18...0.32).contains(share), "\(share)")
        #expect(Set(numbers.filter { $0 > 100 }.map { $0 - 100 }) == Set(2...11))
    }

    @Test("texts that are too short are refused") func short() {
        #expect(throws: GraphError.self) {
            try TalkDataset([.init([[2, 3, 4]])], code: code, streams: 2, steps: 2, seed: 1)
        }
        // Long enough, but half of one talk is none.
        #expect(throws: GraphError.self) {
            try TalkDataset(
                [.init([Array(repeating: 2, count: 100)], repeats: 0.5)], code: code, streams: 2, steps: 2, seed: 1)
        }
    }
}
