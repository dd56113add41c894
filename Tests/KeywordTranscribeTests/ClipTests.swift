import CommandRuns
import Foundation
import Testing
import ToneModel

/// `classify`, `evaluate` and `model`.
@Suite struct ClipTests {
    private let place: Place

    init() throws {
        place = try Place()
        for (folder, sound) in [("yes", "yes"), ("no", "yes"), ("stop", "stop"), ("happy", "happy")] {
            try place.write(ToneModel.tone(sound), to: "clips/\(folder)/a.wav")
        }
        try place.write(ToneModel.silence(1), to: "clips/_silence_/a.wav")
    }

    @Test func `classify prints a line a clip`() throws {
        let result = try place.run("classify", "--model", "tones.onnx", "clips")
        #expect(result.status == 0 && result.errors == "")
        #expect(
            result.lines == [
                "clips/_silence_/a.wav\t_silence_\t0.99", "clips/happy/a.wav\t_unknown_\t1.00",
                "clips/no/a.wav\tyes\t1.00",
                "clips/stop/a.wav\tstop\t1.00", "clips/yes/a.wav\tyes\t1.00",
            ])
    }

    @Test func `classify as JSON has stable keys, and an object for what fails`() throws {
        try place.write("text", to: "clips/no/b.wav")
        let result = try place.run(
            "classify", "--model", "tones.onnx", "--json", "--all-words", "clips/happy", "clips/no")
        #expect(result.status == 1)
        let number = #"[01]\.\d+"#
        let form = try Regex(
            #"\{"file":"clips/happy/a.wav","label":"happy","confidence":\#(number)\}\n"#
                + #"\{"file":"clips/no/a.wav","label":"yes","confidence":\#(number)\}\n"#
                + #"\{"file":"clips/no/b.wav","error":"text, not sound; a sound file begins with a header such as RIFF, fLaC or OggS"\}\n"#
        )
        #expect(result.output.wholeMatch(of: form) != nil, "\(result.output)")
        #expect(
            result.errors
                == "keyword-transcribe: clips/no/b.wav: text, not sound; a sound file begins with a header such as RIFF, fLaC or OggS\n"
        )
    }

    @Test func `evaluate counts, as text and as JSON, and draws the confusion`() throws {
        let text = try place.run("evaluate", "--model", "tones.onnx", "-q", "--picture", "c.png", "clips")
        #expect(text.status == 0 && text.errors == "" && text.output == "clips\t4 of 5 clips right\t80.00 %\n")
        #expect(try place.bytes("c.png").starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        struct Evaluation: Decodable { var clips: Int, accuracy: Double, labels: [String], confusion: [[Int]] }
        let json = try place.run("evaluate", "--model", "tones.onnx", "-q", "--json", "clips").output
        #expect(
            json.hasPrefix(#"{"clips":5,"accuracy":0.8,"labels":["yes","no","#)
                && json.contains(#"],"confusion":[[1,0,"#))
        let twelve = try JSONDecoder().decode(Evaluation.self, from: Data(json.utf8))
        #expect(twelve.labels.count == 12 && twelve.confusion.count == 12 && twelve.confusion[1][0] == 1)
        let all = try place.run("evaluate", "--model", "tones.onnx", "-q", "--json", "--labels", "35", "clips").output
        #expect(try JSONDecoder().decode(Evaluation.self, from: Data(all.utf8)).labels.count == 36)
    }

    @Test func `evaluate leaves out what cannot be read, and says so`() throws {
        try place.write([], to: "clips/no/b.wav")
        let result = try place.run("evaluate", "--model", "tones.onnx", "-q", "clips")
        #expect(result.status == 1 && result.output == "clips\t4 of 5 clips right\t80.00 %\n")
        #expect(result.errors == "keyword-transcribe: clips/no/b.wav: there are no samples after the header\n")
    }

    @Test func `evaluate without anything to judge by is told`() throws {
        try place.write("", to: "empty/a.txt")
        for (folder, error) in [
            ("nowhere", "no such folder"),
            (
                "empty",
                "neither features nor recordings; wanted is a folder of clips a word (yes/a.wav, no/b.wav, …) or training-0.npy, … with their .tsv"
            ),
            ("nowhere.npy", "no such file"),
        ] {
            let result = try place.run("evaluate", "--model", "tones.onnx", folder)
            #expect(result.status == 1 && result.output == "")
            #expect(result.errors == "keyword-transcribe: \(folder): \(error)\n")
        }
    }

    @Test func `model writes the built-in model`() throws {
        let result = try place.run("model", "--output", "keywords.onnx")
        #expect(result.status == 0 && result.output == "" && result.errors == "")
        let source = Place.project + "/Sources/CKeywordModel/keywords.onnx"
        #expect(try place.bytes("keywords.onnx") == Array(Data(contentsOf: URL(filePath: source))))
    }
}
