import Audio
package import Engine
import Glibc
package import SpeechRecognition

/// A keyword model whose weights are written down, so that what it hears is known: each of a few words is a tone.
///
/// The logit of such a word is the mean of its band in the 20 frames about the middle of the image, that of silence is 0,
/// and all other words are out of reach.
package enum ToneModel {
    /// Words that have a tone, and their bands.
    private static let bands = ["yes": 12, "no": 18, "stop": 24, "happy": 30, "seven": 36]
    /// What a value, scaled as the front end says (silence is -1.5, the tones 2 and more), is multiplied by.
    private static let gain: Float = 4

    /// The graph with its metadata.
    package static func graph(words: [String] = KeywordLabels.speechCommands) throws -> Graph {
        let labels = KeywordLabels(words: words)
        let frontEnd = KeywordFrontEnd()
        let (frames, width, classes) = (frontEnd.frames, frontEnd.logMel.bands, labels.all.count)
        var weights = [Float](repeating: 0, count: frames * width * classes)
        var bias = [Float](repeating: -20, count: classes)
        bias[labels.silenceIndex] = 0
        for (word, band) in bands {
            guard let index = labels.index(of: word) else { continue }
            bias[index] = 0
            for frame in frames / 2 - 10..<frames / 2 + 10 {
                weights[(frame * width + band) * classes + index] = gain / 20
            }
        }
        var graph = Graph()
        let input = graph.addInput("images", dimensions: ["batch", 1, .fixed(frames), .fixed(width)])
        let flat = try graph.append(Operators.Flatten(), [input])[0]
        let weight = graph.addConstant(Tensor(weights, shape: [frames * width, classes]), name: "weight")
        let offset = graph.addConstant(Tensor(bias, shape: [classes]), name: "bias")
        graph.addOutput("logits", try graph.append(Operators.Gemm(), [flat, weight, offset])[0])
        var metadata = KeywordMetadata(labels: labels, frontEnd: frontEnd)
        metadata.name = "tones"
        graph.metadata = metadata.entries
        return graph
    }

    /// The model, ready to run.
    package static func model(words: [String] = KeywordLabels.speechCommands) throws -> KeywordModel {
        try KeywordModel(graph(words: words), file: "tones", options: Model.Options(threads: 1))
    }

    /// Samples of silence, at 16 kHz.
    package static func silence(_ seconds: Double) -> [Float] {
        [Float](repeating: 0, count: Int((seconds * 16_000).rounded()))
    }

    /// Samples of a word's tone, at 16 kHz: `happy` and `seven` are no commands.
    package static func tone(_ word: String, _ seconds: Double = 0.4, amplitude: Float = 8_000) -> [Float] {
        // The middle of a band of 40 on HTK's mel scale up to 4 kHz.
        let mel = Float((bands[word] ?? 0) + 1) * 2_595 * log10(1 + 4_000 / 700) / 41
        let hertz = 700 * (pow(10, mel / 2_595) - 1)
        return (0..<Int((seconds * 16_000).rounded())).map { amplitude * sin(2 * .pi * hertz * Float($0) / 16_000) }
    }

    /// Words with half a second of silence before each and behind the last.
    package static func speech(_ words: String...) -> [Float] {
        words.reduce(silence(0.5)) { $0 + tone($1) + silence(0.5) }
    }
}
