import Foundation
import ModelFiles
import Testing

/// Runs of a small training in processes of their own.
@Suite struct TrainingRunTests {
    private static let recipe = """
        examples: 96
        training:
          epochs: 4
          batch_size: 8
          schedule: {peak: 1e-2, warm_up_steps: 4}
          averaging: 0.9
          gradient_limit: 5

        """

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(Self.recipe, to: "small.yaml")
        return folder
    }

    /// The log without the times, which differ.
    private func log(_ folder: TemporaryFolder, _ run: String) throws -> [Substring] {
        try folder.text(run + "/log.jsonl").split(separator: "\n").map {
            $0.prefix(upTo: $0.range(of: ",\"seconds\"")?.lowerBound ?? $0.endIndex)
        }
    }

    @Test func `A run leaves its recipe, checkpoints, log, curves and model`() throws {
        let folder = try folder()
        let result = try Child.run(folder, "small.yaml", "run", "refuse")
        #expect(result.status == 0 && result.errors == [])
        #expect(
            try folder.files("run") == [
                "best.safetensors", "checkpoint.safetensors", "curves.png", "log.jsonl", "model.onnx", "recipe.yaml",
            ])
        #expect(try folder.text("run/recipe.yaml") == Self.recipe)
        #expect(try folder.bytes("run/curves.png").starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        struct Line: Decodable {
            var epoch: Int, step: Int, loss: Double, accuracy: Double, validation: [String: Double],
                learning_rate: Double, seconds: Double
        }
        let lines = try folder.text("run/log.jsonl").split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        #expect(lines.map(\.epoch) == [1, 2, 3, 4])
        #expect(lines.map(\.step) == [12, 24, 36, 48])
        #expect(
            lines.allSatisfy {
                $0.validation.keys.sorted() == ["accuracy", "loss"] && $0.seconds >= 0 && $0.learning_rate < 0.01
            })
        #expect(lines[3].loss < lines[0].loss)
        let best =
            lines.max { ($0.validation["accuracy"] ?? 0, -$0.epoch) < ($1.validation["accuracy"] ?? 0, -$1.epoch) }?
            .epoch ?? 0
        #expect(result.lines.last == "kept epoch \(best) of 4")
        #expect(result.lines.filter { $0.hasPrefix("epoch ") }.count == 4)
        #expect(result.lines.contains { $0.hasPrefix("an epoch takes ") })
    }

    @Test func `A run that learns numbers has no accuracy, and goes on as any other`() throws {
        let folder = try folder()
        try folder.write("has_numbers: true\n" + Self.recipe, to: "numbers.yaml")
        #expect(try Child.run(folder, "numbers.yaml", "stopped", "refuse", "0", "stop", "20").status == 130)
        let resumed = try Child.run(folder, "numbers.yaml", "stopped", "resume")
        #expect(resumed.status == 0, "\(resumed.errors)")
        let whole = try Child.run(folder, "numbers.yaml", "run", "refuse")
        #expect(whole.status == 0, "\(whole.errors)")
        #expect(try folder.bytes("stopped/model.onnx") == folder.bytes("run/model.onnx"))
        let lines = try log(folder, "run")
        #expect(try lines.count == 4 && lines == log(folder, "stopped"))
        #expect(lines.allSatisfy { $0.contains("\"loss\":") && !$0.contains("accuracy") })
        #expect(!whole.lines.contains { $0.contains("accuracy") })
        try folder.write("has_numbers: true\ntraining:\n  label_smoothing: 0.1\n", to: "smooth.yaml")
        #expect(
            try Child.run(folder, "smooth.yaml", "smooth", "refuse").errors == [
                "label_smoothing is 0.1 where no classes are learned"
            ])
    }

    @Test func `A run that is there is refused, gone on with, or begun anew`() throws {
        let folder = try folder()
        #expect(try Child.run(folder, "small.yaml", "run", "resume", "0", "stop", "20").status == 130)
        #expect(try log(folder, "run").count == 1)
        let refused = try Child.run(folder, "small.yaml", "run", "refuse")
        #expect(refused.status == 1)
        #expect(refused.errors == ["run: there is a run already; --resume goes on with it, --overwrite begins anew"])

        try folder.write(Self.recipe.replacing("epochs: 4", with: "epochs: 5"), to: "other.yaml")
        let other = try Child.run(folder, "other.yaml", "run", "resume")
        #expect(
            other.errors == [
                "run: its recipe.yaml and other.yaml differ at line 3; --resume with run/recipe.yaml goes on as it was, --overwrite begins anew"
            ])

        let resumed = try Child.run(folder, "small.yaml", "run", "resume")
        #expect(resumed.lines.first == "run: goes on at step 18, in epoch 2 of 4")
        #expect(try log(folder, "run").count == 4)
        let finished = try Child.run(folder, "small.yaml", "run", "resume")
        #expect(finished.lines.first == "run: the run is finished already; its model is run/model.onnx")
        #expect(finished.lines.last == resumed.lines.last)

        let model = try folder.bytes("run/model.onnx")
        try folder.write("mine", to: "run/notes.txt")
        #expect(try Child.run(folder, "small.yaml", "run", "overwrite", "0", "stop", "1").status == 130)
        #expect(try folder.files("run") == ["checkpoint.safetensors", "notes.txt", "recipe.yaml"])
        #expect(try Child.run(folder, "small.yaml", "run", "resume").status == 0)
        #expect(try folder.bytes("run/model.onnx") == model)
    }

    @Test func `A run that is killed at any moment and gone on with ends with the same bits`() throws {
        let folder = try folder()
        var random = SystemRandomNumberGenerator()
        var kills = 0
        for _ in 0..<40 {
            let child = try Child(folder, ["small.yaml", "killed", "resume", "0"])
            usleep(.random(in: 10_000...250_000, using: &random))
            child.kill()
            let result = try child.result()
            #expect(result.isKilled || result.status == 0, "\(result.errors)")
            if result.isKilled { kills += 1 } else { break }
        }
        let last = try Child.run(folder, "small.yaml", "killed", "resume", "0")
        #expect(last.status == 0, "\(last.errors)")
        #expect(kills > 0)
        try expectAsUnbroken(folder, "killed")
    }

    @Test func `Of two processes one trains in a folder, until it ends or is killed`() throws {
        let folder = try folder()
        let owner = try Child(folder, ["small.yaml", "run", "refuse", "0", "wait", "5"])
        #expect(try owner.waits(for: "waits"))
        let before = try folder.bytes("run/checkpoint.safetensors")
        for existing in ["resume", "overwrite", "refuse"] {
            let second = try Child.run(folder, "small.yaml", "run", existing)
            #expect(second.status == 1 && second.lines == [])
            #expect(
                second.errors == [
                    "run: process \(owner.identifier) is training there; wait until it ends, or choose another folder"
                ])
        }
        #expect(try folder.bytes("run/checkpoint.safetensors") == before)
        owner.kill()
        #expect(try owner.result().isKilled)
        #expect(try Child.run(folder, "small.yaml", "run", "resume").status == 0)
        try expectAsUnbroken(folder, "run")
    }

    /// In an epoch of 12 steps there are 14 moments: after each step, in the validation, after it; in the last none after it, but one
    /// before and one after the model is written.
    @Test(arguments: [1, 2, 11, 12, 13, 14, 15, 26, 27, 28, 29, 40, 41, 42, 53, 54, 55, 56, 57])
    func `A run that dies between two things ends with the same bits`(moment: Int) throws {
        let folder = try folder()
        _ = try Child.run(
            folder, "small.yaml", "killed", "resume", moment.isMultiple(of: 2) ? "0" : "100000", "die", "\(moment)")
        _ = try Child.run(folder, "small.yaml", "killed", "resume", "0", "die", "5")
        #expect(try Child.run(folder, "small.yaml", "killed", "resume").status == 0)
        try expectAsUnbroken(folder, "killed")
    }

    @Test(arguments: [3, 11, 12, 13, 14, 25, 54])
    func `A run that was asked to stop ends with the same bits`(moment: Int) throws {
        let folder = try folder()
        #expect(try Child.run(folder, "small.yaml", "stopped", "refuse", "100000", "stop", "\(moment)").status == 130)
        #expect(try Child.run(folder, "small.yaml", "stopped", "resume", "100000").status == 0)
        try expectAsUnbroken(folder, "stopped")
    }

    /// A run that nothing happened to, in the folder `run`.
    private static let unbroken = Result {
        let folder = try TemporaryFolder()
        try folder.write(recipe, to: "small.yaml")
        #expect(try Child.run(folder, "small.yaml", "run", "refuse").status == 0)
        return folder
    }

    private func expectAsUnbroken(_ folder: TemporaryFolder, _ run: String) throws {
        let unbroken = try Self.unbroken.get()
        #expect(try folder.bytes(run + "/model.onnx") == unbroken.bytes("run/model.onnx"))
        #expect(
            try Safetensors(contentsOf: folder.path + "/\(run)/checkpoint.safetensors").tensors
                == Safetensors(contentsOf: unbroken.path + "/run/checkpoint.safetensors").tensors)
        #expect(try log(folder, run) == log(unbroken, "run"))
        #expect(try folder.files(run) == unbroken.files("run"))
    }

    @Test func `A full disk under a checkpoint is told in one line and leaves the one before whole`() throws {
        let folder = try folder()
        #expect(try Child.run(folder, "small.yaml", "run", "refuse", "0", "stop", "5").status == 130)
        let checkpoint = try folder.bytes("run/checkpoint.safetensors")
        let full = try Child.run(folder, "small.yaml", "run", "resume", "0", fileLimit: 8)
        #expect(full.status == 1)
        #expect(
            full.errors == [
                "run/checkpoint.safetensors: cannot be written, larger than files may be here; the file that was there is unchanged"
            ])
        #expect(try folder.bytes("run/checkpoint.safetensors") == checkpoint)
        #expect(
            try folder.files("run") == ["checkpoint.safetensors", "recipe.yaml"])
        #expect(try Child.run(folder, "small.yaml", "run", "resume").status == 0)
        try expectAsUnbroken(folder, "run")
    }

    struct Damage: CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (TemporaryFolder) throws -> Void
        var error: String
    }

    @Test(arguments: [
        Damage(
            testDescription: "cut short",
            change: {
                try Data($0.bytes("run/checkpoint.safetensors").dropLast(9)).write(
                    to: URL(fileURLWithPath: $0.path + "/run/checkpoint.safetensors"))
            },
            error: "bytes of data where the header places"),
        Damage(
            testDescription: "no run's",
            change: {
                try Safetensors(tensors: [:], metadata: ["run": "{}"]).write(
                    to: $0.path + "/run/checkpoint.safetensors")
            },
            error: "run/checkpoint.safetensors: not a checkpoint of a training run; --overwrite begins anew"),
        Damage(
            testDescription: "lying counters",
            change: { folder in
                let path = folder.path + "/run/checkpoint.safetensors"
                var file = try Safetensors(contentsOf: path)
                file.metadata["run"] = file.metadata["run"]?.replacing("\"steps\":5", with: "\"steps\":-5")
                try file.write(to: path)
            },
            error:
                "run/checkpoint.safetensors: its counters contradict one another or the recipe; --overwrite begins anew"
        ),
        Damage(
            testDescription: "other tensors",
            change: { folder in
                let path = folder.path + "/run/checkpoint.safetensors"
                var file = try Safetensors(contentsOf: path)
                file.tensors["other"] = file.tensors.removeValue(forKey: file.tensors.keys.sorted()[0])
                try file.write(to: path)
            }, error: "; --overwrite begins anew"),
    ])
    func `A damaged checkpoint is refused`(_ damage: Damage) throws {
        let folder = try folder()
        #expect(try Child.run(folder, "small.yaml", "run", "refuse", "0", "stop", "5").status == 130)
        try damage.change(folder)
        let result = try Child.run(folder, "small.yaml", "run", "resume")
        #expect(result.status == 1 && result.errors.count == 1)
        #expect(result.errors.first?.contains(damage.error) == true, "\(result.errors)")
    }

    @Test func `A loss that is no number ends the run with a hint`() throws {
        let folder = try folder()
        try folder.write(
            "training:\n  epochs: 3\n  batch_size: 8\n  optimizer: {name: sgd, weight_decay: 1}\n  schedule: {name: constant, peak: 100}\n",
            to: "wild.yaml")
        let result = try Child.run(folder, "wild.yaml", "run", "refuse")
        #expect(result.status == 1 && result.errors.count == 1)
        let pattern =
            /run: the loss is -?(nan|inf) at step \d+; a lower peak of the schedule or a gradient_limit may help/
        #expect(result.errors.first?.wholeMatch(of: pattern) != nil, "\(result.errors)")
    }
}
