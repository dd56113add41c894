package import Progress
import Charts

/// How often a model is right about clips whose label is known.
package struct ClipEvaluation: Hashable, Sendable {
    /// In the order of the confusion's rows (the truth) and columns (the answers).
    package let labels: [String]
    /// How many clips of a row's label got a column's.
    package private(set) var confusion: [[Int]]

    init(labels: [String]) {
        self.labels = labels
        confusion = labels.map { _ in labels.map { _ in 0 } }
    }

    mutating func add(truth: Int, answer: Int) { confusion[truth][answer] += 1 }

    package var clips: Int { confusion.reduce(0) { $0 + $1.reduce(0, +) } }
    package var right: Int { labels.indices.reduce(0) { $0 + confusion[$1][$1] } }
    /// The share that is right.
    package var accuracy: Double { Double(right) / Double(max(clips, 1)) }

    /// Writes the confusion as a picture, PNG.
    package func write(picture path: String, title: String) throws {
        try MatrixChart(title: title, labels: labels, counts: confusion).write(toPNG: path)
    }
}

/// Judges a model on clips whose label is known.
package struct ClipEvaluator {
    private let model: KeywordModel
    private let view: LabelView

    package init(_ model: KeywordModel, view: LabelView) {
        self.model = model
        self.view = view
    }

    /// Judges it on an array of features with their list, or on a folder that has a folder of recordings a label.
    ///
    /// - Parameter failure: told of each recording that cannot be read; it is left out.
    /// - Throws: ``SpeechError`` or `ModelFileError` where there is nothing to judge by, or a label that the model lacks.
    package func evaluate(
        _ path: String, progress: ProgressHandler = { _ in }, failure: (String, any Error) -> Void
    ) throws -> ClipEvaluation {
        path.hasSuffix(".npy")
            ? try evaluate(features: path, progress: progress)
            : try evaluate(folder: path, progress: progress, failure: failure)
    }

    private func evaluate(features path: String, progress: ProgressHandler) throws -> ClipEvaluation {
        let images = try FeatureFile(path).images(frontEnd: model.frontEnd)
        let truths = try images.words.map { try truth(of: $0, source: path) }
        var evaluation = ClipEvaluation(labels: view.labels)
        var task = TaskProgress("evaluating", unit: "clips", total: images.count)
        progress(.advanced(task))
        for start in stride(from: 0, to: images.count, by: ClipClassifier.batchSize) {
            let end = min(start + ClipClassifier.batchSize, images.count)
            let values = images.pixels[start * images.size..<end * images.size].map(Float.init)
            for (index, probabilities) in zip(start..<end, try model.probabilities(of: values)) {
                evaluation.add(truth: truths[index], answer: view.best(probabilities).index)
            }
            task.completed = end
            progress(.advanced(task))
        }
        progress(.finished(task))
        return evaluation
    }

    private func evaluate(
        folder: String, progress: ProgressHandler, failure: (String, any Error) -> Void
    ) throws -> ClipEvaluation {
        let recordings = try RecordingFolder(folder).recordings()
        let truths = try recordings.map { try truth(of: $0.word, source: folder) }
        var evaluation = ClipEvaluation(labels: view.labels)
        var task = TaskProgress("evaluating", unit: "clips", total: recordings.count)
        progress(.advanced(task))
        var classifier = try ClipClassifier(model, view: view)
        var index = 0
        try classifier.classify(recordings.map(\.path)) { path, answer in
            switch answer {
            case .success(let answer):
                if let place = view.labels.firstIndex(of: answer.label) {
                    evaluation.add(truth: truths[index], answer: place)
                }
            case .failure(let fault): failure(path, fault)
            }
            index += 1
            task.completed = index
            progress(.advanced(task))
        }
        progress(.finished(task))
        return evaluation
    }

    private func truth(of word: String, source: String) throws -> Int {
        if let place = view.place(ofTruth: word, labels: model.labels) { return place }
        let remedy =
            word == KeywordLabels.unknown
            ? "only --labels 12 has it" : "known are \(model.labels.all.joined(separator: ", "))"
        throw SpeechError(source, "clips of '\(word)', which is no label of the model", remedy: remedy)
    }
}
