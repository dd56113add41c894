import Audio

/// Says what a clip is, many clips at once.
///
/// The answers do not depend on which clips stand in a batch together.
package struct ClipClassifier: ~Copyable {
    /// Clips at once.
    package static let batchSize = 16

    private let model: KeywordModel
    private let view: LabelView
    private var imager: ClipImager

    /// - Parameter view: the labels that are asked for.
    package init(_ model: KeywordModel, view: LabelView) throws {
        self.model = model
        self.view = view
        imager = try ClipImager(model.frontEnd)
    }

    /// A label and its probability.
    package struct Answer: Hashable, Sendable {
        package var label: String
        package var confidence: Float
    }

    /// The image of a file: a shorter sound is put in the middle of zeros, of a longer one the second of most energy is
    /// taken.
    ///
    /// - Throws: an `AudioError`, also where the file is cut off: what is there is not taken for the whole.
    package mutating func image(of path: String) throws -> [Float] {
        imager.image(of: try AudioStream.samples(path: path, sampleRate: model.frontEnd.logMel.sampleRate))
    }

    /// The labels of images side by side.
    package func answers(of images: [Float]) throws -> [Answer] {
        try model.probabilities(of: images).map { probabilities in
            let best = view.best(probabilities)
            return Answer(label: view.labels[best.index], confidence: best.probability)
        }
    }

    /// Goes through files, many at once, and tells the answer or the fault of each in their order.
    package mutating func classify(
        _ paths: [String], tell: (String, Result<Answer, any Error>) -> Void
    ) throws {
        for start in stride(from: 0, to: paths.count, by: Self.batchSize) {
            var images: [Float] = []
            var faults: [Int: any Error] = [:]
            let batch = paths[start..<min(start + Self.batchSize, paths.count)]
            for (index, path) in zip(batch.indices, batch) {
                do { images += try image(of: path) } catch { faults[index] = error }
            }
            var answers = try answers(of: images).makeIterator()
            for (index, path) in zip(batch.indices, batch) {
                if let fault = faults[index] {
                    tell(path, .failure(fault))
                } else if let answer = answers.next() {
                    tell(path, .success(answer))
                }
            }
        }
    }
}
