import Audio
import Engine
import Foundation
import ModelFiles
import SpeechRecognition
import Testing
import ToneModel

@Suite struct ClipEvaluationTests {
    @Test func `Confusion is counted by truth and answer, from recordings and from features`() throws {
        let scratch = try Scratch()
        let model = try ToneModel.model()
        // Truth, and what the clip sounds like.
        let clips = [
            ("yes", "yes"), ("yes", "no"), ("yes", "happy"), ("no", "no"), ("happy", "seven"), ("seven", "yes"),
            ("_silence_", ""),
        ]
        var imager = try ClipImager(model.frontEnd)
        var pixels: [UInt8] = []
        for (index, (truth, sound)) in clips.enumerated() {
            let samples = sound.isEmpty ? ToneModel.silence(1) : ToneModel.tone(sound)
            try WaveWriter.write(samples, to: scratch.file("clips/\(truth)/\(index).wav"))
            pixels += imager.image(of: samples).map { UInt8($0) }
        }
        try Tensor(pixels, shape: [clips.count, 98, 40]).write(toNPY: scratch.file("f.npy"))
        try scratch.write(clips.map { "\($0.0)\tx\n" }.joined(), to: "f.tsv")
        try scratch.write("text", to: "clips/no/bad.wav")
        let view = LabelView.commands(of: model.labels)
        var failures: [String] = []
        let recordings = try ClipEvaluator(model, view: view).evaluate(scratch.path + "/clips") { path, _ in
            failures.append(path)
        }
        let features = try ClipEvaluator(model, view: view).evaluate(scratch.path + "/f.npy") { _, _ in Issue.record() }
        #expect(failures == [scratch.path + "/clips/no/bad.wav"])
        #expect(recordings == features)
        var expected = Array(repeating: Array(repeating: 0, count: 12), count: 12)
        let (yes, no, unknown, silence) = (0, 1, 10, 11)
        (expected[yes][yes], expected[yes][no], expected[yes][unknown]) = (1, 1, 1)
        (expected[no][no], expected[unknown][unknown], expected[unknown][yes], expected[silence][silence]) = (
            1, 1, 1, 1
        )
        #expect(features.labels == KeywordLabels.tenCommands + ["_unknown_", "_silence_"])
        #expect(features.confusion == expected)
        #expect(features.clips == 7 && features.right == 4 && abs(features.accuracy - 4 / 7) < 1e-12)
        let all = try ClipEvaluator(model, view: .allWords(of: model.labels)).evaluate(scratch.path + "/f.npy") {
            _, _ in
        }
        #expect(all.labels == model.labels.all && all.right == 3)
        try features.write(picture: scratch.file("confusion.png"), title: "tones")
        #expect(
            try Data(contentsOf: URL(filePath: scratch.file("confusion.png"))).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test func `A label that the model lacks is refused`() throws {
        let scratch = try Scratch()
        let model = try ToneModel.model(words: ["no", "yes"])
        try WaveWriter.write(ToneModel.tone("yes"), to: scratch.file("_unknown_/a.wav"))
        let evaluator = ClipEvaluator(model, view: .allWords(of: model.labels))
        #expect(
            fault { _ = try evaluator.evaluate(scratch.path) { _, _ in } }
                == "\(scratch.path): clips of '_unknown_', which is no label of the model; only --labels 12 has it")
        try FileManager.default.moveItem(atPath: scratch.path + "/_unknown_", toPath: scratch.path + "/maybe")
        #expect(
            fault { _ = try evaluator.evaluate(scratch.path) { _, _ in } }
                == "\(scratch.path): clips of 'maybe', which is no label of the model; known are no, yes, _silence_")
    }

    @Test func `Threshold, hop and smoothing are chosen on streams of clips`() throws {
        let scratch = try Scratch()
        let model = try ToneModel.model()
        var imager = try ClipImager(model.frontEnd)
        let words = (0..<12).map { ["yes", "no", "stop", "happy"][$0 % 4] }
        let pixels = words.flatMap { imager.image(of: ToneModel.tone($0)).map { UInt8($0) } }
        try Tensor(pixels, shape: [12, 98, 40]).write(toNPY: scratch.file("clips.npy"))
        try scratch.write(words.map { $0 + "\tx\n" }.joined(), to: "clips.tsv")
        try Tensor([UInt8](repeating: 20, count: 98 * 40), shape: [1, 98, 40]).write(toNPY: scratch.file("noise.npy"))
        try scratch.write("_silence_\tx\n", to: "noise.tsv")
        let tuning = try DetectionTuning(
            model, clips: scratch.path + "/clips.npy", noise: scratch.path + "/noise.npy", seed: 1)
        let trials = try tuning.trials { _ in }
        #expect(trials.count == 104)
        #expect(trials[0].found == 9 && trials[0].missed == 0 && trials[0].wrong == 0 && trials[0].f1 == 1)
        #expect(trials.allSatisfy { $0.found + $0.missed == 9 })
    }
}
