import ArgumentParser
import FaceRecognition
import Images
import Progress
import Streams
import Terminal

/// `face-match evaluate`: how well people are told apart.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how well pairs of photos are told apart.",
        discussion: """
            PAIRS is a CSV file with the columns left, right (photos, whose faces nearest to the middle are compared) and same \
            (1 or 0). Where it has a column fold, each fold is judged with the threshold that is best for the others.

            A photo without a face makes its pairs different.

            Example:
              face-match evaluate test-pairs.csv --root lfw --threshold-from train-pairs.csv --json
            """)

    @Argument(help: ArgumentHelp("Pairs, CSV.", valueName: "pairs"))
    var pairs: String

    @Option(
        help: ArgumentHelp(
            "The folder that the photos' paths begin at (default: that of the pairs).", valueName: "folder"))
    var root: String?

    @OptionGroup var limit: ThresholdOptions

    @Option(help: ArgumentHelp("Pairs whose best threshold is taken.", valueName: "pairs"))
    var thresholdFrom: String?

    @Flag(help: "Also compare all photos with each other; the folder that a photo is in is the person.")
    var allPairs = false

    @OptionGroup var photos: PhotoOptions
    @OptionGroup var embedder: EmbedderOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if limit.isGiven, thresholdFrom != nil {
            throw ValidationError("--threshold-from excludes --threshold, --cosine and --false-match-rate")
        }
    }

    func run() throws {
        let recognizer = try photos.recognizer(embedder)
        let list = try PhotoPairs(contentsOf: pairs, root: root ?? folder(of: pairs))
        var threshold = thresholdFrom == nil ? try limit.distance(recognizer.embedder?.calibration) : 0
        if let thresholdFrom {
            let others = try PhotoPairs(contentsOf: thresholdFrom, root: root ?? folder(of: thresholdFrom))
            let encoded = try encode(others.photos, recognizer)
            threshold = VerificationFigures(measured(others, encoded.embeddings)).bestThreshold
        }
        let clock = ContinuousClock(), start = clock.now
        let encoded = try encode(list.photos, recognizer)
        let seconds = Double((clock.now - start) / .nanoseconds(1)) / 1e9 / Double(list.photos.count)
        let distances = measured(list, encoded.embeddings), figures = VerificationFigures(distances)
        let accuracy: Double
        if list.pairs.allSatisfy({ $0.fold != nil }), !limit.isGiven,
            thresholdFrom == nil
        {
            (accuracy, threshold) = folded(list, distances)
        } else {
            accuracy = figures.accuracy(at: threshold)
        }
        var members: [(String, JSONValue)] = [
            ("pairs", .integer(list.pairs.count)), ("accuracy", .number(accuracy)), ("threshold", .number(threshold)),
            ("auc", number(figures.auc)), ("eer", number(figures.equalErrorRate)),
            ("tar_at_far_1e-3", number(figures.trueAcceptRate(atFalseAcceptRate: 1e-3))),
            ("missed_images", .integer(encoded.missed)), ("seconds_per_image", .number(seconds)),
        ]
        if allPairs { members.append(("all_pairs", identified(list.photos, encoded.embeddings))) }
        let value = JSONValue.object(members.map { .init($0.0, $0.1) })
        Results(of: FaceMatch.name, json: common.json).answer(
            members.map { "\($0.0): \($0.1.text)" }.joined(separator: "\n"), json: value)
    }

    private func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

    private func encode(
        _ paths: [String], _ recognizer: FaceRecognizer
    ) throws -> (embeddings: [[Float]?], missed: Int) {
        var embeddings: [[Float]?] = [], missed = 0
        var task = TaskProgress("encoding", unit: "photos", total: paths.count)
        let progress = common.progress
        try recognizer.photos(paths, threads: common.threadCount) {
            $0.middleFace.flatMap(\.embedding)
        } take: { _, result in
            let embedding = try result.get()
            if embedding == nil { missed += 1 }
            embeddings.append(embedding)
            task.completed += 1
            progress(.advanced(task))
        }
        progress(.finished(task))
        return (embeddings, missed)
    }

    private func measured(_ list: PhotoPairs, _ embeddings: [[Float]?]) -> [VerificationFigures.Pair] {
        list.pairs.map { pair in
            var distance: Double?
            if let left = embeddings[pair.left], let right = embeddings[pair.right] {
                distance = FaceEmbedder.distance(left, right)
            }
            return VerificationFigures.Pair(distance: distance, isSame: pair.isSame)
        }
    }

    /// The mean accuracy and threshold of folds, each judged with what is best for the others.
    private func folded(_ list: PhotoPairs, _ distances: [VerificationFigures.Pair]) -> (Double, Double) {
        let folds = Set(list.pairs.compactMap(\.fold)).sorted()
        var accuracy = 0.0, threshold = 0.0
        for fold in folds {
            func figures(_ isOwn: Bool) -> VerificationFigures {
                VerificationFigures(zip(list.pairs, distances).lazy.filter { ($0.0.fold == fold) == isOwn }.map(\.1))
            }
            let best = figures(false).bestThreshold
            accuracy += figures(true).accuracy(at: best) / Double(folds.count)
            threshold += best / Double(folds.count)
        }
        return (accuracy, threshold)
    }

    /// Figures of all pairs of photos, and how often the nearest other photo is one of the same person.
    private func identified(_ paths: [String], _ embeddings: [[Float]?]) -> JSONValue {
        let people = paths.map { folder(of: $0) }
        var pairs: [VerificationFigures.Pair] = [],
            nearest = [(distance: Double, isSame: Bool)?](repeating: nil, count: paths.count)
        for right in paths.indices {
            for left in 0..<right {
                guard let a = embeddings[left], let b = embeddings[right] else { continue }
                let distance = FaceEmbedder.distance(a, b), isSame = people[left] == people[right]
                pairs.append(.init(distance: distance, isSame: isSame))
                for place in [left, right] where distance < nearest[place]?.distance ?? .infinity {
                    nearest[place] = (distance, isSame)
                }
            }
        }
        let figures = VerificationFigures(pairs), counts = Dictionary(grouping: people) { $0 }.mapValues(\.count)
        let probes = paths.indices.filter { embeddings[$0] != nil && counts[people[$0]] ?? 0 > 1 }
        let found = probes.filter { nearest[$0]?.isSame == true }
        return [
            "pairs": .integer(pairs.count), "tar_at_far_1e-3": number(figures.trueAcceptRate(atFalseAcceptRate: 1e-3)),
            "tar_at_far_1e-4": number(figures.trueAcceptRate(atFalseAcceptRate: 1e-4)),
            "rank_1": probes.isEmpty ? .null : .number(Double(found.count) / Double(probes.count)),
        ]
    }
}
