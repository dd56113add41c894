import Audio
import SpeechRecognition
import Testing
import ToneModel

@Suite struct FrontEndTests {
    /// A second with something in every band.
    private let second: [Float] = (0..<16_000).map { place in
        let value: Int = (place * place * 31 + place * 7) % 4_001
        return Float(value - 2_000)
    }

    @Test func `An image is Audio's log-mel frames`() throws {
        var imager = try ClipImager(KeywordFrontEnd())
        var logMel = try LogMel()
        let image = imager.image(of: second)
        #expect(image == logMel.frames(of: second) && image.count == 98 * 40)
        #expect(KeywordFrontEnd().clipSamples == 16_000)
    }

    @Test func `A shorter clip stands in the middle of zeros`() throws {
        var imager = try ClipImager(KeywordFrontEnd())
        let short = Array(second[0..<8_001])
        let whole = [Float](repeating: 0, count: 3_999) + short + [Float](repeating: 0, count: 4_000)
        #expect(imager.image(of: short) == imager.image(of: whole))
        #expect(imager.image(of: []) == [Float](repeating: 0, count: 98 * 40))
    }

    @Test func `Of a longer clip the second of most energy is taken`() throws {
        var imager = try ClipImager(KeywordFrontEnd())
        let quiet = second.map { $0 / 8 }
        #expect(imager.image(of: quiet + second + quiet) == imager.image(of: second))
    }

    @Test func `The classifier gives label and confidence, whatever else is in the batch`() throws {
        let scratch = try Scratch()
        let model = try ToneModel.model()
        let words = ["yes", "no", "stop", "happy", "seven"]
        var paths: [String] = []
        for index in 0..<19 {
            let path = try scratch.file("\(index).wav")
            try WaveWriter.write(ToneModel.tone(words[index % 5]), to: path)
            paths.append(path)
        }
        try scratch.write("text", to: "text.wav")
        paths.insert(scratch.path + "/text.wav", at: 3)
        for (view, expected) in [
            (LabelView.commands(of: model.labels), ["yes", "no", "stop", "_unknown_", "_unknown_"]),
            (LabelView.allWords(of: model.labels), words),
        ] {
            var classifier = try ClipClassifier(model, view: view)
            var told: [String] = [], answers: [String] = []
            try classifier.classify(paths) { path, result in
                told.append(path)
                switch result {
                case .success(let answer):
                    answers.append(answer.label)
                    #expect(answer.confidence > 0.9 && answer.confidence <= 1)
                case .failure(let error):
                    #expect(path == paths[3] && "\(error)".hasPrefix("\(path): text, not sound"))
                }
            }
            #expect(told == paths)
            #expect(answers == (0..<19).map { expected[$0 % 5] })
        }
    }
}
