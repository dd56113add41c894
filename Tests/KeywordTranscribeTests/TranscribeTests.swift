import CommandRuns
import Foundation
import Testing
import ToneModel

@Suite struct TranscribeTests {
    private let place: Place
    private struct Line: Decodable, Equatable {
        var file: String, keyword: String, start: Double, end: Double, confidence: Double
    }

    init() throws { place = try Place() }

    private func decoded(_ result: Child.Result) throws -> [Line] {
        try result.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test func `A recording gives a line a keyword`() throws {
        try place.write(ToneModel.speech("yes", "happy", "no"), to: "a.wav")
        let result = try place.run("--model", "tones.onnx", "a.wav")
        #expect(result.status == 0 && result.errors == "")
        let form = #/a\.wav\t0\.4\d\t0\.9\d\tyes\t1\.00\na\.wav\t2\.2\d\t2\.7\d\tno\t1\.00\n/#
        #expect(result.output.wholeMatch(of: form) != nil, "\(result.output)")
    }

    @Test func `JSON has an object a keyword with stable keys`() throws {
        try place.write(ToneModel.speech("yes", "no"), to: "a.wav")
        let result = try place.run("--model", "tones.onnx", "--json", "a.wav")
        #expect(result.lines.count == 2)
        for line in result.lines {
            let form = #/\{"file":"a\.wav","keyword":"(yes|no)","start":\d\.\d+,"end":\d\.\d+,"confidence":[01]\.\d+\}/#
            #expect(line.wholeMatch(of: form) != nil, "\(line)")
        }
        #expect(try decoded(result).map(\.keyword) == ["yes", "no"])
    }

    @Test func `Formats are those of other programs`() throws {
        try place.write(ToneModel.speech("yes", "no"), to: "a.wav")
        let srt = try place.run("--model", "tones.onnx", "--format", "srt", "a.wav")
        let time = #"00:00:0\d,\d\d\d"#
        let form = try Regex("1\n\(time) --> \(time)\nyes\n\n2\n\(time) --> \(time)\nno\n\n")
        #expect(srt.output.wholeMatch(of: form) != nil, "\(srt.output)")
        let audacity = try place.run("--model", "tones.onnx", "--format", "audacity", "a.wav")
        #expect(
            audacity.output.wholeMatch(of: #/0\.\d{6}\t0\.\d{6}\tyes\n1\.\d{6}\t1\.\d{6}\tno\n/#) != nil,
            "\(audacity.output)")
    }

    @Test func `Words and threshold are the user's`() throws {
        try place.write(ToneModel.speech("yes", "happy", "no"), to: "a.wav")
        #expect(
            try decoded(place.run("--model", "tones.onnx", "--json", "--words", "happy,no", "a.wav")).map(\.keyword)
                == ["happy", "no"])
        let quiet = ToneModel.silence(0.5) + ToneModel.tone("yes", amplitude: 8) + ToneModel.silence(0.5)
        try place.write(quiet, to: "quiet.wav")
        #expect(try place.run("--model", "tones.onnx", "quiet.wav").output == "")
        #expect(
            try decoded(place.run("--model", "tones.onnx", "--json", "--threshold", "0.05", "quiet.wav")).map(\.keyword)
                == ["yes"])
    }

    @Test func `That nothing is heard is an answer`() throws {
        try place.write(ToneModel.silence(2), to: "a.wav")
        let result = try place.run("--model", "tones.onnx", "a.wav", "--json")
        #expect(result.status == 0 && result.output == "" && result.errors == "")
    }

    @Test func `Folders are gone through, sorted`() throws {
        for name in ["d/b.wav", "d/a/z.wav", "d/a/b/c.WAV", "d/notes.txt", "d/.hidden.wav"] {
            if name.hasSuffix("txt") {
                try place.write("text", to: name)
            } else {
                try place.write(ToneModel.speech("yes"), to: name)
            }
        }
        let result = try place.run("--model", "tones.onnx", "--json", "d", "d/b.wav")
        #expect(result.status == 0)
        #expect(try decoded(result).map(\.file) == ["d/a/b/c.WAV", "d/a/z.wav", "d/b.wav", "d/b.wav"])
    }

    @Test func `Standard input has a WAV file, also one without a length, or raw samples of any rate`() throws {
        let samples = ToneModel.speech("yes", "no")
        try place.write(samples, to: "a.wav")
        let expected = try decoded(place.run("--model", "tones.onnx", "--json", "a.wav")).map { ($0.keyword, $0.start) }
        let pcm = Bytes.pcm(samples)
        for wave in [Bytes.wave(pcm), Bytes.wave(pcm, promised: 0), Bytes.wave(pcm, promised: 0xFFFF_FFFF)] {
            let result = try place.run("--model", "tones.onnx", "--json", "-", input: wave)
            #expect(result.status == 0 && result.errors == "")
            let lines = try decoded(result)
            #expect(lines.map(\.keyword) == expected.map(\.0) && lines.map(\.start) == expected.map(\.1))
            #expect(lines.allSatisfy { $0.file == "-" })
        }
        let raw = try decoded(place.run("--model", "tones.onnx", "--json", "--raw", "16000", "-", input: pcm))
        #expect(raw.map(\.keyword) == ["yes", "no"] && raw.map(\.start) == expected.map(\.1))
        let half = Bytes.pcm(stride(from: 0, to: samples.count, by: 2).map { samples[$0] })
        let slow = try decoded(place.run("--model", "tones.onnx", "--json", "--raw", "8000", "-", input: half))
        #expect(slow.map(\.keyword) == ["yes", "no"])
        for (line, (_, start)) in zip(slow, expected) { #expect(abs(line.start - start) < 0.05) }
    }

    @Test(arguments: [true, false])
    func `A live keyword is there 0.7 seconds after its end, though the pipe stays open`(isRaw: Bool) throws {
        let child = try Child(
            place, ["--model", "tones.onnx"] + (isRaw ? ["--raw", "16000", "-"] : ["-"]), input: nil)
        if !isRaw { try child.feed(Bytes.wave([], promised: 0xFFFF_FFFF)) }
        let words = ["yes", "no", "yes"]
        for (index, word) in words.enumerated() {
            let sound = (index == 0 ? ToneModel.silence(0.5) : []) + ToneModel.tone(word) + ToneModel.silence(0.7)
            let bytes = Bytes.pcm(sound)
            for start in stride(from: 0, to: bytes.count, by: 1_600) {
                try child.feed(Array(bytes[start..<min(start + 1_600, bytes.count)]))
            }
            #expect(try child.waits(for: \.output) { $0.split(separator: "\n").count > index }, "word \(index)")
        }
        // The last word has no silence behind it; the end of the input brings it.
        try child.feed(Bytes.pcm(ToneModel.tone("stop")))
        try child.endInput()
        let result = try child.result()
        #expect(result.status == 0 && result.errors == "")
        #expect(result.lines.map { $0.split(separator: "\t")[3] } == ["yes", "no", "yes", "stop"])
    }
}
