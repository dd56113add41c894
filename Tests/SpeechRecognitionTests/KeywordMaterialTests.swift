import Audio
import Engine
import Foundation
import ModelFiles
import SpeechRecognition
import Testing

/// Folders of features and of recordings.
@Suite struct KeywordMaterialTests {
    private let scratch: Scratch
    private let frontEnd = KeywordFrontEnd()

    init() throws { scratch = try Scratch() }

    private func features(_ name: String, values: [UInt8], words: String) throws {
        let pixels = values.flatMap { [UInt8](repeating: $0, count: 98 * 40) }
        try Tensor(pixels, shape: [values.count, 98, 40]).write(toNPY: try scratch.file(name + ".npy"))
        try scratch.write(words, to: name + ".tsv")
    }

    private func material() throws -> KeywordMaterial { try KeywordMaterial(folder: scratch.path, frontEnd: frontEnd) }
    private func fault() -> String {
        SpeechRecognitionTests.fault { _ = try material() }.replacing(scratch.path, with: "DIR")
    }

    @Test func `Features are read with their words; of noise every tenth validates`() throws {
        try features("training-1", values: [3], words: "go\tthree\n")
        try features("training-0", values: [1, 2], words: "yes\tone\nno\ttwo\n")
        try features("validation", values: [4], words: "no\tfour\r\n")
        try features("noise", values: Array(10...21), words: String(repeating: "_background_noise_\ttap\n", count: 12))
        let material = try material()
        #expect(material.training.words == ["yes", "no", "go"] + Array(repeating: "_silence_", count: 10))
        #expect((0..<13).map { material.training[$0].first } == [1, 2, 3] + Array(11...19) + [21])
        #expect(material.validation.words == ["no", "_silence_", "_silence_"])
        #expect((0..<3).map { material.validation[$0].first } == [4, 10, 20])
    }

    @Test func `Features that are not what they should be are refused`() throws {
        try features("training-0", values: [1, 2], words: "yes\tone\n")
        #expect(
            fault()
                == "DIR: features without validation.npy; wanted are training-0.npy, …, validation.npy and, for silence, noise.npy"
        )
        try features("validation", values: [1], words: "yes\tone\n")
        #expect(fault() == "DIR/training-0.tsv: 1 lines where DIR/training-0.npy has 2 clips")
        try scratch.write("yes\tone\n\ttwo\n", to: "training-0.tsv")
        #expect(fault() == "DIR/training-0.tsv: line 2: no word before the tab")
        try FileManager.default.removeItem(atPath: scratch.file("training-0.tsv"))
        #expect(fault() == "DIR/training-0.tsv: no such file")
        try Tensor([Float](repeating: 0, count: 98 * 40), shape: [1, 98, 40]).write(
            toNPY: scratch.file("training-0.npy"))
        #expect(fault() == "DIR/training-0.npy: f32[1, 98, 40] where images are u8[clips, 98, 40]")
        try Tensor([UInt8](repeating: 0, count: 97 * 40), shape: [1, 97, 40]).write(
            toNPY: scratch.file("training-0.npy"))
        #expect(fault() == "DIR/training-0.npy: u8[1, 97, 40] where images are u8[clips, 98, 40]")
        try scratch.write("not numpy", to: "training-0.npy")
        #expect(fault().hasPrefix("DIR/training-0.npy: "))
    }

    @Test func `Recordings are split by speaker; what is kept for tests is left out`() throws {
        // By the hash awb-13 validates, awb-01 is kept for tests, kal16-00 is learned from.
        for word in ["yes", "no", "_silence_"] {
            for name in ["awb-13", "awb-01", "kal16-00"] {
                try WaveWriter.write([100, -100], to: scratch.file("\(word)/\(name).wav"))
            }
        }
        try scratch.write("a text", to: "yes/notes.txt")
        try scratch.write("hidden", to: "yes/.hidden.wav")
        let material = try material()
        #expect(material.training.words == ["_silence_", "no", "yes"])
        #expect(material.validation.words == ["_silence_", "no", "yes"])
        var imager = try ClipImager(frontEnd)
        #expect(Array(material.training[0]) == imager.image(of: [100, -100]).map { UInt8($0) })
    }

    @Test func `Background noise is cut into clips at three levels, of which every tenth validates`() throws {
        try WaveWriter.write([1_000], to: scratch.file("yes/kal16-00.wav"))
        let noise = (0..<90_000).map { Float(($0 * 7_919) % 2_001 - 1_000) }
        try WaveWriter.write(noise, to: scratch.file("_background_noise_/tap.wav"))
        let material = try material()
        // Five whole seconds at three levels, the first and the eleventh of them for validation.
        #expect(material.training.words == Array(repeating: "_silence_", count: 13) + ["yes"])
        #expect(material.validation.words == ["_silence_", "_silence_"])
        var imager = try ClipImager(frontEnd)
        #expect(Array(material.validation[0]) == imager.image(of: Array(noise[0..<16_000])).map { UInt8($0) })
        let lower = imager.image(of: noise[0..<16_000].map { $0 * 0.316 }).map { UInt8($0) }
        #expect(Array(material.training[0]) == lower)
    }

    @Test func `Folders without data are refused`() throws {
        #expect(
            fault()
                == "DIR: neither features nor recordings; wanted is a folder of clips a word (yes/a.wav, no/b.wav, …) or training-0.npy, … with their .tsv"
        )
        try WaveWriter.write([1], to: scratch.file("yes/awb-01.wav"))
        #expect(fault() == "DIR: no clips to learn from")
        try WaveWriter.write([1], to: scratch.file("yes/kal16-00.wav"))
        #expect(fault() == "DIR: no clips to be judged on; about a tenth of the speakers is held out")
        try scratch.write("text", to: "yes/kal16-00.wav")
        #expect(
            fault()
                == "DIR/yes/kal16-00.wav: text, not sound; a sound file begins with a header such as RIFF, fLaC or OggS"
        )
        let file = try scratch.file("yes/awb-01.wav")
        #expect(
            SpeechRecognitionTests.fault { _ = try KeywordMaterial(folder: file, frontEnd: frontEnd) }
                == "\(file): a file, not a folder")
        #expect(
            SpeechRecognitionTests.fault { _ = try KeywordMaterial(folder: "no-such", frontEnd: frontEnd) }
                == "no-such: no such folder")
    }

    @Test func `A folder stands for its sound files, in the folders in it too, sorted`() throws {
        for name in ["b.wav", "a/z.FLAC", "a/b/c.ogg", "a.txt", "c", "B.wav", ".x/y.wav"] {
            try scratch.write("", to: name)
        }
        #expect(
            try SoundFiles.expanded(scratch.path).map { $0.replacing(scratch.path + "/", with: "") } == [
                "B.wav", "a/b/c.ogg", "a/z.FLAC", "b.wav",
            ])
        #expect(try SoundFiles.expanded("any.name") == ["any.name"])
        let empty = URL(filePath: try scratch.file("empty/x")).deletingLastPathComponent().path
        #expect(
            SpeechRecognitionTests.fault { _ = try SoundFiles.expanded(empty) }
                == "\(empty): no sound files in this folder; names ending in .wav, .flac, .ogg, … are taken")
    }

    @Test func `A folder that links to itself is gone through once`() throws {
        try scratch.write("", to: "a/b.wav")
        try FileManager.default.createSymbolicLink(atPath: scratch.file("a/self"), withDestinationPath: scratch.path)
        #expect(try SoundFiles.expanded(scratch.path) == [scratch.path + "/a/b.wav"])
    }
}
