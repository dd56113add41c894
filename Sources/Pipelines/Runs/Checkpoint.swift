import FoundationEssentials
import ModelFiles
import NeuralNetworks

/// All that a run needs to go on: one file, so that tensors and counters never disagree.
struct Checkpoint {
    /// Where a run is, beside its tensors.
    struct Position: Codable, Hashable {
        /// The best epoch so far.
        struct Best: Codable, Hashable {
            /// Counted from 1.
            var epoch: Int
            var score: Double
        }

        var counters: Training.State.Counters
        /// Examples of the data set.
        var examples: Int
        /// What the network's numbers stand for; nil where nobody said.
        var subject: String?
        /// A record an epoch that is trained and judged.
        var records: [EpochRecord] = []
        /// The record of an epoch that is trained but not yet judged.
        var unjudged: EpochRecord?
        var best: Best?
        /// How long the epoch at hand took so far.
        var seconds = 0.0
    }

    var tensors: [String: Tensor]
    var position: Position

    init(_ state: Training.State, _ position: Position) {
        tensors = state.tensors
        self.position = position
        self.position.counters = state.counters
    }

    var state: Training.State { Training.State(tensors: tensors, counters: position.counters) }

    private static let key = "run"
    private static let infinities = ("inf", "-inf", "nan")

    /// - Throws: `ModelFileError` where the file cannot be read; `RunError` where it is no checkpoint.
    init(contentsOf path: String) throws {
        let file = try Safetensors(contentsOf: path)
        tensors = file.tensors
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: Self.infinities.0, negativeInfinity: Self.infinities.1, nan: Self.infinities.2)
        guard let text = file.metadata[Self.key],
            let position = try? decoder.decode(Position.self, from: Data(text.utf8))
        else {
            throw RunError(path, "not a checkpoint of a training run", remedy: "--overwrite begins anew")
        }
        self.position = position
    }

    /// Writes the file; whoever is killed meanwhile, or finds the disk full, leaves the one before.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: Self.infinities.0, negativeInfinity: Self.infinities.1, nan: Self.infinities.2)
        let text = String(decoding: try encoder.encode(position), as: UTF8.self)
        try Safetensors(tensors: tensors, metadata: [Self.key: text]).write(to: path)
    }
}

extension Checkpoint.Position {
    /// What does not fit a training of so many epochs and steps; nil where all does.
    func misfit(epochs: Int, stepsPerEpoch: Int, examples: Int, subject: String?) -> String? {
        if let own = self.subject, let subject, own != subject {
            return "it was trained on other labels or characters than those of the data"
        }
        guard self.examples == examples else {
            return "it was trained on \(self.examples) examples where the data has \(examples)"
        }
        let current = counters.current
        let isUnjudged = unjudged != nil
        guard (0...epochs).contains(counters.epoch), records.count == counters.epoch - (isUnjudged ? 1 : 0),
            records.map(\.epoch) == Array(1..<records.count + 1), unjudged.map({ $0.epoch == counters.epoch }) ?? true,
            (0..<stepsPerEpoch).contains(current.steps), current.examples >= 0,
            current.examples == 0 || current.steps > 0,
            current.accuracy.isNaN || (0...1).contains(current.accuracy), current.loss.isFinite, seconds.isFinite,
            counters.step == counters.epoch * stepsPerEpoch + current.steps,
            best.map({ (1...max(1, counters.epoch)).contains($0.epoch) }) ?? true
        else { return "its counters contradict one another or the recipe" }
        return nil
    }
}
