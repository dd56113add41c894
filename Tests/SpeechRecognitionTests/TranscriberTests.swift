import SpeechRecognition
import Testing
import ToneModel

/// Keywords in streams of samples, heard by a model of which it is known what it hears.
@Suite struct TranscriberTests {
    private let model: KeywordModel

    init() throws { model = try ToneModel.model() }

    /// The words heard, and how many samples had come when each was told.
    private func heard(
        _ samples: [Float], block: Int = .max, words: [String]? = nil, threshold: Double? = nil
    ) throws -> (keywords: [Keyword], told: [Int]) {
        var transcriber = try Transcriber(model, words: words, threshold: threshold)
        var keywords: [Keyword] = [], told: [Int] = []
        var start = 0
        while start < samples.count {
            let end = min(samples.count, block == .max ? .max : start + block)
            let more = try transcriber.push(Array(samples[start..<end]))
            keywords += more
            told += more.map { _ in end }
            start = end
        }
        let rest = try transcriber.finish()
        return (keywords + rest, told + rest.map { _ in samples.count })
    }

    private func expect(_ keyword: Keyword?, _ word: String, _ start: Double, _ end: Double) {
        #expect(keyword?.word == word)
        #expect(abs((keyword?.start ?? -1) - start) < 0.06, "\(keyword?.start ?? -1) for \(start)")
        #expect(abs((keyword?.end ?? -1) - end) < 0.06, "\(keyword?.end ?? -1) for \(end)")
        #expect((0.9...1).contains(keyword?.confidence ?? -1))
    }

    @Test func `Each word is one event with its times`() throws {
        let keywords = try heard(ToneModel.speech("yes", "no", "no", "stop")).keywords
        #expect(keywords.map(\.word) == ["yes", "no", "no", "stop"])
        for (index, keyword) in keywords.enumerated() {
            expect(keyword, keyword.word, 0.5 + 0.9 * Double(index), 0.9 + 0.9 * Double(index))
        }
    }

    @Test(arguments: [1, 7, 160, 1_000, 1_600, 16_000])
    func `Blocks of any size give the same events`(block: Int) throws {
        let samples =
            ToneModel.speech("yes", "no") + ToneModel.tone("stop", 1.3) + ToneModel.silence(0.1) + ToneModel.tone("yes")
        let whole = try heard(samples).keywords
        #expect(whole.map(\.word) == ["yes", "no", "stop", "yes"])
        #expect(try heard(samples, block: block).keywords == whole)
    }

    @Test func `A word is told within 0.7 seconds of its end`() throws {
        for lead in stride(from: 0.5, to: 0.6, by: 0.01) {
            let samples = ToneModel.silence(lead) + ToneModel.tone("yes") + ToneModel.silence(2)
            let told = try heard(samples, block: 160).told
            #expect(told.count == 1)
            #expect(Double(told.first ?? .max) / 16_000 <= lead + 0.4 + 0.7, "\(told) for \(lead)")
        }
    }

    @Test(arguments: [0.2, 0.4, 0.8, 1.5, 4, 12])
    func `A word is one event however long it is held`(seconds: Double) throws {
        let keywords = try heard(ToneModel.silence(0.5) + ToneModel.tone("yes", seconds) + ToneModel.silence(1))
            .keywords
        #expect(keywords.count == 1)
        expect(keywords.first, "yes", 0.5, 0.5 + seconds)
    }

    @Test func `The end of the sound brings the last word`() throws {
        for seconds in [0.2, 0.4, 1.5] {
            let keywords = try heard(ToneModel.silence(0.5) + ToneModel.tone("yes", seconds)).keywords
            #expect(keywords.count == 1)
            expect(keywords.first, "yes", 0.5, 0.5 + seconds)
            #expect(keywords.allSatisfy { $0.end <= 0.5 + seconds })
        }
    }

    @Test func `A word at the very beginning is heard`() throws {
        let keywords = try heard(ToneModel.tone("no") + ToneModel.silence(1)).keywords
        #expect(keywords.count == 1)
        expect(keywords.first, "no", 0, 0.4)
        let alone = try heard(ToneModel.tone("no")).keywords
        #expect(alone.count == 1)
        expect(alone.first, "no", 0, 0.4)
    }

    @Test func `Events are in order and do not overlap`() throws {
        var samples: [Float] = []
        for (index, word) in ["yes", "no", "stop", "yes", "yes", "no", "stop", "stop"].enumerated() {
            samples += ToneModel.silence(0.12 + 0.07 * Double(index)) + ToneModel.tone(word, 0.3)
        }
        let keywords = try heard(samples).keywords
        #expect(keywords.count >= 6 && keywords.allSatisfy { $0.start < $0.end })
        for (earlier, later) in zip(keywords, keywords.dropFirst()) { #expect(earlier.end <= later.start + 0.001) }
    }

    @Test func `Only words that are listened for are told`() throws {
        let samples = ToneModel.speech("yes", "happy", "no")
        #expect(try heard(samples).keywords.map(\.word) == ["yes", "no"])
        #expect(try heard(samples, words: ["happy"]).keywords.map(\.word) == ["happy"])
        #expect(try heard(samples, words: ["cat"]).keywords == [])
    }

    @Test func `A threshold of 1 lets only certainty through, 0 does not trap`() throws {
        let quiet = ToneModel.silence(0.5) + ToneModel.tone("yes", amplitude: 8) + ToneModel.silence(0.5)
        let open = try heard(quiet, threshold: 0.05).keywords
        #expect(open.map(\.word) == ["yes"] && (0.05..<1).contains(open[0].confidence))
        #expect(try heard(quiet, threshold: 1).keywords == [])
        for keyword in try heard(ToneModel.speech("yes"), threshold: 0).keywords {
            #expect((0...1).contains(keyword.confidence))
        }
    }

    @Test func `Nothing is heard in silence, an offset, hum, or steady noise`() throws {
        #expect(try heard(ToneModel.silence(3)).keywords == [])
        #expect(try heard([Float](repeating: 5_000, count: 48_000)).keywords == [])
        #expect(try heard((0..<48_000).map { 8_000 * Float($0 % 320 < 160 ? 1 : -1) }).keywords == [])
        var state: UInt32 = 1
        let noise = (0..<48_000).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state) >> 18)
        }
        #expect(try heard(noise).keywords == [])
    }

    @Test func `No sound and less than a frame give nothing`() throws {
        #expect(try heard([]).keywords == [])
        #expect(try heard([1]).keywords == [])
        #expect(try heard(ToneModel.tone("yes", 0.02)).keywords.count <= 1)
    }

    @Test func `An hour's silence costs no more memory than a minute's`() throws {
        var transcriber = try Transcriber(model)
        let minute = ToneModel.silence(60)
        for _ in 0..<10 { #expect(try transcriber.push(minute) == []) }
        let more = try transcriber.push(ToneModel.speech("no"))
        let keywords = try more + transcriber.finish()
        #expect(keywords.count == 1)
        expect(keywords.first, "no", 600.5, 600.9)
    }

    @Test(arguments: [
        (TranscriptFormat.text, "a.wav\t1.00\t2.35\tyes\t0.90"),
        (.srt, "7\n00:00:01,000 --> 00:00:02,346\nyes\n"), (.audacity, "1.000000\t2.345600\tyes"),
    ])
    func `Formats are written as their readers expect`(format: TranscriptFormat, text: String) {
        let keyword = Keyword(word: "yes", start: 1, end: 2.3456, confidence: 0.9)
        #expect(format.text(keyword, number: 7, file: "a.wav") == text)
    }

    @Test func `Subtitles go on after an hour`() {
        let keyword = Keyword(word: "no", start: 3_661.0004, end: 360_000.9996, confidence: 1)
        #expect(TranscriptFormat.srt.text(keyword, number: 1, file: "") == "1\n01:01:01,000 --> 100:00:01,000\nno\n")
    }
}
