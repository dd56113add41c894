import CommandRuns
import Engine
import Foundation
import Glibc
import ModelFiles
import Testing
import ToneModel

/// `train`, on tones and on the sample data.
@Suite struct TrainingTests {
    private let place: Place
    private static let recipe = """
        name: tones
        network: {stem: 2, blocks: [], dropout: 0}
        augmentation: {shift: 2, time_masks: 1, band_masks: 1}
        training:
          epochs: 4
          batch_size: 4
          schedule: {peak: 1e-2, warm_up_steps: 2}
          seed: 1

        """
    /// The size of files is limited to 1 KB, which stands for a full disk: a recipe fits, a checkpoint does not.
    private static let smallFiles = "trap '' XFSZ; ulimit -f 2; " + Child.plain

    init() throws { place = try Place() }

    /// Tones by speakers of which the hash holds one out.
    private func makeTones(epochs: Int = 4) throws {
        try place.write(Self.recipe.replacing("epochs: 4", with: "epochs: \(epochs)"), to: "tones.yaml")
        for word in ["yes", "no", "stop"] {
            for (index, speaker) in ["awb-13", "kal16-00", "kal16-04", "kal16-08", "rms-02"].enumerated() {
                let tone = ToneModel.tone(word, 0.3, amplitude: 2_000 + 1_000 * Float(index))
                try place.write(tone, to: "tones/\(word)/\(speaker).wav")
            }
        }
        for number in 0..<3 { try place.write([Float(number)], to: "tones/_silence_/kal16-0\(number).wav") }
    }

    private func train(_ arguments: String..., shell: String = Child.plain) throws -> Child {
        try Child(place, ["train", "tones.yaml", "--data", "tones", "--threads", "1"] + arguments, shell: shell)
    }

    private func expectFault(_ result: Child.Result, _ error: String) {
        #expect(result.status == 1 && result.output == "")
        #expect(result.errors == "keyword-transcribe: \(error)\n")
    }

    @Test func `The smoke recipe learns the sample data in seconds`() throws {
        let recipe = Place.project + "/pipelines/keywords-smoke.yaml"
        let data = Place.project + "/sample-data/keywords"
        let run = try place.run("train", recipe, "--data", data, "--json", "--threads", "1", "--output", "smoke")
        #expect(run.status == 0)
        let number = #"[\d.]+"#
        let form = try Regex(
            #"\{"model":"smoke/model\.onnx","epoch":\d+,"validation":\{"#
                + #""accuracy":\#(number),"commands":\#(number),"loss":\#(number)\},"seconds":\#(number)\}\n"#)
        #expect(run.output.wholeMatch(of: form) != nil, "\(run.output)")
        #expect(run.errors.contains("epoch 1 of ") && run.errors.contains("training: "))
        #expect(
            try place.files("smoke") == [
                "best.safetensors", "checkpoint.safetensors", "curves.png", "log.jsonl", "model.onnx", "recipe.yaml",
            ])
        #expect(try place.bytes("smoke/recipe.yaml") == Array(Data(contentsOf: URL(filePath: recipe))))
        // Five labels of 16 clips: by chance a fifth is right.
        struct Evaluation: Decodable { var clips: Int, accuracy: Double, labels: [String] }
        let text = try place.run("evaluate", "-q", "--json", "--model", "smoke/model.onnx", data)
        let evaluation = try JSONDecoder().decode(Evaluation.self, from: Data(text.output.utf8))
        #expect(evaluation.labels == ["go", "no", "stop", "yes", "_silence_"])
        #expect(evaluation.clips == 80 && evaluation.accuracy > 0.7, "\(evaluation.accuracy)")
        let talk = Place.project + "/sample-data/yes-no-stop.wav"
        #expect(try place.run("--model", "smoke/model.onnx", talk).status == 0)
    }

    @Test func `A run that is there is refused, gone on with, or begun anew`() throws {
        try makeTones()
        let first = try train("-q").result()
        #expect(first.status == 0 && first.errors == "" && first.output.hasPrefix("runs/tones-1/model.onnx\tepoch "))
        let model = try place.bytes("runs/tones-1/model.onnx")
        expectFault(
            try train("-q").result(),
            "runs/tones-1: there is a run already; --resume goes on with it, --overwrite begins anew")
        #expect(try train("--resume").result().errors.contains("runs/tones-1: the run is finished already"))
        #expect(try train("-q", "--overwrite").result().status == 0)
        #expect(try place.bytes("runs/tones-1/model.onnx") == model)
        let other = try train("-q", "--seed", "2").result()
        #expect(other.output.hasPrefix("runs/tones-2/model.onnx\t"))
        #expect(try place.bytes("runs/tones-2/model.onnx") != model)
    }

    @Test func `A finished model is the start of another run`() throws {
        try makeTones()
        #expect(try train("-q", "--output", "first").result().status == 0)
        let second = try train("--output", "second", "--seed", "2", "--from", "first").result()
        #expect(second.status == 0)
        #expect(second.errors.contains("first/model.onnx: the training starts from its weights\n"))
        #expect(try place.run("-q", "--model", "second/model.onnx", "tones/yes").status == 0)
        // Other words: the last layer is new.
        try FileManager.default.removeItem(atPath: place.path + "/tones/stop")
        let third = try train("--output", "third", "--from", "first/model.onnx").result()
        #expect(third.status == 0)
        #expect(
            third.errors.contains(
                "the training starts from its weights; the last layer, dense_1, is new, since the labels differ (3 here, 4 there)\n"
            ), "\(third.errors)")
        try place.write(Self.recipe.replacing("stem: 2", with: "stem: 3"), to: "tones.yaml")
        expectFault(
            try train("-q", "--output", "fourth", "--from", "first").result(),
            "first/model.onnx: its tensor 'convolution_1.weight' is f32[2, 1, 5, 5] where the recipe's network has f32[3, 1, 5, 5]"
        )
        expectFault(try train("-q", "--output", "fourth", "--from", "none").result(), "none: no such file")
        #expect(!FileManager.default.fileExists(atPath: place.path + "/fourth"))
    }

    @Test func `A run says what it started from, and goes on from there without being told`() throws {
        try makeTones()
        #expect(try train("-q", "--output", "first").result().status == 0)
        #expect(try train("-q", "--output", "second", "--seed", "2", "--from", "first").result().status == 0)
        let recipe = String(decoding: try place.bytes("second/recipe.yaml"), as: UTF8.self)
        let line = try #require(recipe.split(separator: "\n").first { $0.hasPrefix("from: ") })
        #expect(line.wholeMatch(of: /from: {model: "first\/model\.onnx", weights: "[0-9a-f]{16}"}/) != nil, "\(line)")
        let metadata = try Graph(contentsOfONNX: place.path + "/second/model.onnx").metadata
        #expect(metadata["engram.from"] == "first/model.onnx, weights \(line.suffix(18).prefix(16))")
        #expect(metadata["engram.recipe"] == recipe)
        let model = try place.bytes("second/model.onnx")
        // Killed before the first checkpoint.
        try place.write(recipe, to: "early/recipe.yaml")
        let early = try train("--output", "early", "--seed", "2", "--resume").result()
        #expect(early.status == 0 && early.errors.contains("first/model.onnx: the training starts from its weights\n"))
        #expect(try place.bytes("early/model.onnx") == model)
        // Killed before the model was written: the checkpoint has all that the weights became.
        try FileManager.default.removeItem(atPath: place.path + "/early/model.onnx")
        try FileManager.default.removeItem(atPath: place.path + "/first")
        #expect(try train("-q", "--output", "early", "--seed", "2", "--resume").result().status == 0)
        #expect(try place.bytes("early/model.onnx") == model)
        // Another model than the run started from.
        #expect(try train("-q", "--output", "first", "--seed", "3").result().status == 0)
        let told = try train("-q", "--output", "early", "--seed", "2", "--resume", "--from", "first").result()
        #expect(
            told.errors.hasPrefix("keyword-transcribe: early: its recipe.yaml and tones.yaml differ at line "),
            "\(told.errors)")
        try place.write(recipe, to: "late/recipe.yaml")
        let changed = try train("-q", "--output", "late", "--seed", "2", "--resume").result()
        #expect(
            changed.errors.hasPrefix("keyword-transcribe: first/model.onnx: its weights are ")
                && changed.errors.contains(" where the run started from "), "\(changed.errors)")
        #expect(changed.status == 1 && changed.errors.split(separator: "\n").count == 1)
    }

    @Test func `A run that is killed and gone on with gives the same model`() throws {
        try makeTones(epochs: 60)
        #expect(try train("-q", "--output", "whole").result().status == 0)
        let killed = try train("--output", "killed")
        #expect(try killed.waits(for: \.errors) { $0.contains("epoch 3 of 60") })
        killed.signal(SIGKILL)
        #expect(try killed.result().status == 137)
        #expect(try !place.files("killed").contains("model.onnx"))
        let resumed = try train("--output", "killed", "--resume").result()
        #expect(resumed.status == 0 && resumed.errors.contains("killed: goes on at step "))
        #expect(try place.bytes("killed/model.onnx") == place.bytes("whole/model.onnx"))
    }

    @Test func `Ctrl-C leaves a checkpoint and ends with 130`() throws {
        try makeTones(epochs: 10_000)
        let child = try train("--output", "run", shell: Child.interruptible)
        #expect(try child.waits(for: \.errors) { $0.contains("epoch 2 of 10000") })
        child.signal(SIGINT)
        let result = try child.result()
        #expect(result.status == 130 && result.output == "")
        #expect(result.errors.contains("\nstopping at the next whole step; Ctrl-C again ends at once\n"))
        let files = try place.files("run")
        #expect(files.contains("checkpoint.safetensors") && !files.contains { $0.hasSuffix(".partial") })
    }

    // MARK: Bad input

    @Test func `A recipe with an unknown key is told with its line`() throws {
        try makeTones()
        try place.write(Self.recipe.replacing("batch_size", with: "batch_sise"), to: "tones.yaml")
        expectFault(try train().result(), "tones.yaml:6: unknown key 'batch_sise'; did you mean 'batch_size'?")
        #expect(!FileManager.default.fileExists(atPath: place.path + "/runs"))
    }

    @Test func `A recipe or data that are missing are told, and no run is made`() throws {
        try makeTones()
        try place.write("", to: "empty/notes.txt")
        for (recipe, data, error) in [
            ("gone.yaml", "tones", "gone.yaml: no such file"), ("tones.yaml", "gone", "gone: no such folder"),
            ("tones.yaml", "tones.yaml", "tones.yaml: a file, not a folder"),
            (
                "tones.yaml", "empty",
                "empty: neither features nor recordings; wanted is a folder of clips a word (yes/a.wav, no/b.wav, …) or training-0.npy, … with their .tsv"
            ),
        ] { expectFault(try place.run("train", recipe, "--data", data), error) }
        #expect(!FileManager.default.fileExists(atPath: place.path + "/runs"))
    }

    @Test func `A recording that cannot be read is told before a run is made`() throws {
        try makeTones()
        try place.write("text", to: "tones/yes/kal16-04.wav")
        expectFault(
            try train("-q").result(),
            "tones/yes/kal16-04.wav: text, not sound; a sound file begins with a header such as RIFF, fLaC or OggS")
        #expect(!FileManager.default.fileExists(atPath: place.path + "/runs"))
    }

    @Test func `A full disk under the checkpoint is told, and nothing is left of it`() throws {
        try makeTones()
        let result = try train("-q", "--output", "run", shell: Self.smallFiles).result()
        expectFault(result, "run/best.safetensors: cannot be written, larger than files may be here")
        #expect(try place.files("run") == ["recipe.yaml"])
    }

    @Test func `A checkpoint that was there stays whole when the disk is full`() throws {
        try makeTones(epochs: 10_000)
        let child = try train("--output", "run")
        #expect(try child.waits(for: \.errors) { $0.contains("epoch 2 of 10000") })
        child.signal(SIGKILL)
        #expect(try child.result().status == 137)
        let checkpoint = try place.bytes("run/checkpoint.safetensors")
        let result = try train("-q", "--output", "run", "--resume", shell: Self.smallFiles).result()
        #expect(result.status == 1 && result.errors.hasPrefix("keyword-transcribe: run/"), "\(result.errors)")
        #expect(
            result.errors.contains("written") && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        #expect(try place.bytes("run/checkpoint.safetensors") == checkpoint)
    }
}
