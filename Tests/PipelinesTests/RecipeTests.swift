import ModelFiles
import NeuralNetworks
import Pipelines
import Testing

/// A recipe as an application would have it.
private struct SampleRecipe: RecipePart {
    enum Shape: String, Codable, CaseIterable, Sendable { case round, square }
    struct Blocks: RecipePart {
        var channels = [16, 32]
        var dilation = 1
    }

    var words: [String] = ["yes", "no"]
    var threshold = 0.5
    var shape = Shape.round
    var isLoud = false
    var blocks = Blocks()
    var limits: [String: Double] = [:]
    var note: String?
    var count: UInt8 = 3
    var training = TrainingRecipe(epochs: 14)

    func validate() throws(RecipeFault) { try require("threshold", threshold, in: 0...1) }
}

@Suite struct RecipeTests {
    private func read(_ text: String) throws -> SampleRecipe {
        try Recipe<SampleRecipe>(text, path: "base.yaml").content
    }

    private func error(of text: String) -> String {
        do {
            _ = try read(text)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `What the file does not say keeps its initial value`() throws {
        #expect(try read("") == SampleRecipe())
        #expect(try read("# nothing\n") == SampleRecipe())
        var expected = SampleRecipe()
        expected.training.batchSize = 32
        #expect(try read("training: {batch_size: 32}\nblocks:\n") == expected)
    }

    @Test func `Every kind of value is read`() throws {
        let recipe = try read(
            """
            words: [yes, no, on, off, "1", null_]
            threshold: 1e-2
            shape: square
            is_loud: true
            blocks:
              channels:
                - 1_000
                - 8
              dilation: 2
            limits: {camelCase: 1, under_score: .5}
            note: 'a # b'
            count: 255
            training:
              epochs: 3
              batch_size: 128
              optimizer: {name: sgd, momentum: 0.95, nesterov: true, weight_decay: 1e-4}
              schedule: {name: constant, peak: 0.1, warm_up_steps: 20}
              gradient_limit: 1
              averaging: 0.999
              label_smoothing: 0.1
              seed: 18446744073709551615
              keep: last
            """)
        #expect(recipe.words == ["yes", "no", "on", "off", "1", "null_"])
        #expect(recipe.threshold == 0.01)
        #expect(recipe.shape == .square)
        #expect(recipe.isLoud)
        #expect(recipe.blocks.channels == [1000, 8])
        #expect(recipe.blocks.dilation == 2)
        #expect(recipe.limits == ["camelCase": 1, "under_score": 0.5])
        #expect(recipe.note == "a # b")
        #expect(recipe.count == 255)
        #expect(recipe.training.optimizer.optimizer == .sgd(momentum: 0.95, isNesterov: true, weightDecay: 1e-4))
        #expect(recipe.training.schedule.schedule(steps: 9) == .constant(rate: 0.1, warmUp: 20))
        #expect(recipe.training.gradientLimit == 1 && recipe.training.averaging == 0.999)
        #expect(recipe.training.labelSmoothing == 0.1 && recipe.training.seed == .max && recipe.training.keep == .last)
    }

    @Test func `An anchor gives its value again`() throws {
        #expect(try read("words: &w [a]\nlimits: {}\nblocks: {channels: [1]}\nnote: &n hello\n").note == "hello")
        #expect(try read("note: &n hello\nwords: [*n, *n]\n").words == ["hello", "hello"])
    }

    struct Fault: CustomTestStringConvertible {
        var text: String
        var error: String
        var testDescription: String { error }
    }

    @Test(arguments: [
        Fault(
            text: "words: [a]\ntreshold: 0.3\n", error: "base.yaml:2: unknown key 'treshold'; did you mean 'threshold'?"
        ),
        Fault(
            text: "training:\n  epochs: 3\n  optimiser: {name: sgd}\n",
            error: "base.yaml:3: unknown key 'optimiser'; did you mean 'optimizer'?"),
        Fault(
            text: "blocks:\n  kernel: 3\n", error: "base.yaml:2: unknown key 'kernel'; known are channels, dilation"),
        Fault(text: "isLoud: true\n", error: "base.yaml:1: unknown key 'isLoud'; did you mean 'is_loud'?"),
        Fault(text: "? [a, b]\n: 1\n", error: "base.yaml:1: a key that is no text"),
        Fault(text: "threshold: 1.5\n", error: "base.yaml:1: 'threshold' is 1.5; accepted are 0.0 to 1.0"),
        Fault(text: "threshold: high\n", error: "base.yaml:1: 'threshold' is 'high'; accepted is a number"),
        Fault(text: "threshold: .nan\n", error: "base.yaml:1: 'threshold' is '.nan'; accepted is a number"),
        Fault(text: "threshold: 1e999\n", error: "base.yaml:1: 'threshold' is '1e999'; accepted is a number"),
        Fault(text: "threshold: 0x1p3\n", error: "base.yaml:1: 'threshold' is '0x1p3'; accepted is a number"),
        Fault(text: "threshold: '0.5'\n", error: "base.yaml:1: 'threshold' is the text '0.5'; accepted is a number"),
        Fault(text: "threshold:\n", error: "base.yaml:1: 'threshold' is nothing; accepted is a number"),
        Fault(text: "threshold: [1]\n", error: "base.yaml:1: 'threshold' is a list; accepted is a number"),
        Fault(text: "count: 256\n", error: "base.yaml:1: 'count' is '256'; accepted is a whole number from 0 to 255"),
        Fault(text: "count: -1\n", error: "base.yaml:1: 'count' is '-1'; accepted is a whole number from 0 to 255"),
        Fault(text: "count: 3.5\n", error: "base.yaml:1: 'count' is '3.5'; accepted is a whole number from 0 to 255"),
        Fault(text: "is_loud: yes\n", error: "base.yaml:1: 'is_loud' is 'yes'; accepted is true or false"),
        Fault(
            text: "\nshape: squar\n",
            error: "base.yaml:2: 'shape' is 'squar'; accepted is one of round, square; did you mean 'square'?"),
        Fault(text: "words: yes\n", error: "base.yaml:1: 'words' is 'yes'; accepted is a list"),
        Fault(text: "words: [yes, [no]]\n", error: "base.yaml:1: 'words[1]' is a list; accepted is a text"),
        Fault(text: "words: {yes: 1}\n", error: "base.yaml:1: 'words' is a mapping; accepted is a list"),
        Fault(
            text: "training: 3\n", error: "base.yaml:1: 'training' is '3'; accepted is a mapping of keys to values"),
        Fault(
            text: "training:\n  epochs: 1\n  batch_size: 0\n",
            error: "base.yaml:3: 'batch_size' is 0; accepted are 1 to 65536"),
        Fault(
            text: "training:\n  optimizer:\n    momentum: 0.9\n", error: "base.yaml:3: 'adamw' has no 'momentum'"),
        Fault(text: "- a\n- b\n", error: "base.yaml:1: the recipe is a list; accepted is a mapping of keys to values"),
        Fault(text: "hello\n", error: "base.yaml:1: the recipe is 'hello'; accepted is a mapping of keys to values"),
        Fault(text: "count: 1\ncount: 2\n", error: "base.yaml:1: the key 'count' is there twice"),
        Fault(text: "count: 1\n---\ncount: 2\n", error: "base.yaml:2: not YAML, but found another document"),
        Fault(text: "count: [1\n", error: "base.yaml:2: not YAML, did not find expected ',' or ']'"),
        Fault(text: "count: \u{0}\n", error: "base.yaml: not YAML, control characters are not allowed"),
        Fault(text: "count: *nowhere\n", error: "base.yaml:1: not YAML, found undefined alias"),
        Fault(text: "note: *note\n", error: "base.yaml:1: not YAML, found undefined alias"),
        Fault(
            text: "overrides: {seed: 1}\n",
            error:
                "base.yaml:1: unknown key 'seed'; known are blocks, count, is_loud, limits, note, shape, threshold, training, words"
        ),
        Fault(
            text: "overrides: {count.x: 1}\ncount: 3\n",
            error: "base.yaml:1: 'x' is no key, since there is no mapping around it"),
    ])
    func `A fault is told with its line and what is accepted`(_ fault: Fault) {
        #expect(error(of: fault.text) == fault.error)
    }

    @Test func `Aliases of aliases, depth and size are bounded`() throws {
        let laughs = (1...20).map { "l\($0): &l\($0) [*l\($0 - 1), *l\($0 - 1)]" }.joined(separator: "\n")
        #expect(
            error(of: "l0: &l0 ha\n\(laughs)\n? *l20\n: 1\n")
                == "base.yaml:6: more than 8 aliases (*name); write the values out")
        let deep = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(error(of: "words: \(deep)\n") == "base.yaml:1: more than 32 values in one another")
        #expect(error(of: "words: " + String(repeating: "[", count: 60_000)).hasPrefix("base.yaml"))
        #expect(error(of: String(repeating: "- ", count: 30_000)).hasPrefix("base.yaml"))
        #expect(
            error(of: "words: [" + String(repeating: "a,", count: 30_000) + "]")
                == "base.yaml:1: more than 20000 values")
    }

    @Test func `No change of a byte makes the reader trap`() throws {
        let text = Array(
            "a: &x {b: [1, 2.5e3, \"q\\n\", *x], ? k : v}\nthreshold: !!float 0.5 # c\nwords:\n  - |\n   t\n  - yes\n"
                .utf8)
        var word: UInt64 = 1
        for _ in 0..<3_000 {
            var bytes = text
            for _ in 0..<3 {
                word = word &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(word >> 33) % bytes.count] = UInt8(truncatingIfNeeded: word >> 24)
            }
            _ = error(of: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func `What is overridden stands behind the text and reads the same`() throws {
        let recipe = try Recipe<SampleRecipe>("# mine\ncount: 7\ntraining: {epochs: 2}", path: "dir/base.yaml")
        #expect(recipe.name == "base")
        let other = try recipe.overriding("training.seed", with: "5").overriding("training.schedule.peak", with: "0.5")
        #expect(other.content.training.seed == 5 && other.content.training.epochs == 2)
        #expect(
            other.text
                == "# mine\ncount: 7\ntraining: {epochs: 2}\noverrides:\n  training.seed: 5\n  training.schedule.peak: 0.5\n"
        )
        let again = try Recipe<SampleRecipe>(other.text, path: "recipe.yaml").overriding("training.seed", with: "6")
        #expect(again.content.training.seed == 6 && again.content.training.schedule.peak == 0.5)
        #expect(try recipe.overriding("training.seed", with: nil).text == recipe.text)
        #expect(throws: RecipeError("dir/base.yaml", line: 5, "unknown key 'sed'", remedy: "did you mean 'seed'?")) {
            try recipe.overriding("training.sed", with: "5")
        }
    }

    @Test func `What a training starts from stands in the recipe, before what is overridden`() throws {
        let recipe = try Recipe<SampleRecipe>("count: 7\n", path: "base.yaml")
        #expect(recipe.start == nil)
        let start = StartingPoint(model: "runs/it's \"mine\": #1/model.onnx", weights: "0123456789012345")
        let started = try recipe.overriding("training.seed", with: "5").starting(from: start)
            .overriding("count", with: "8")
        #expect(
            started.text
                == "count: 7\nfrom: {model: \"runs/it's \\\"mine\\\": #1/model.onnx\", weights: \"0123456789012345\"}\noverrides:\n  training.seed: 5\n  count: 8\n"
        )
        let again = try Recipe<SampleRecipe>(started.text, path: "recipe.yaml")
        #expect(again.start == start && again.content.count == 8 && again.content.training.seed == 5)
        #expect(try again.starting(from: start).text == again.text)
        #expect(
            throws: RecipeError(
                "recipe.yaml", "it starts from \(start), not from other.onnx, weights 1", remedy: "leave --from away")
        ) { try again.starting(from: StartingPoint(model: "other.onnx", weights: "1")) }
        #expect(error(of: "from: {model: a.onnx, weight: b}\n").contains("unknown key 'weight'"))
    }

    @Test func `A file that is missing, too large or no text is named`() throws {
        func error(_ path: String) -> String {
            do { return "\(try Recipe.read(path, as: SampleRecipe.self))" } catch { return "\(error)" }
        }
        #expect(error("/nowhere/base.yaml") == "/nowhere/base.yaml: no such file")
        let folder = try TemporaryFolder()
        try AtomicFile.write(Array(repeating: 32, count: 70_000), to: folder.path + "/large.yaml")
        #expect(
            error(folder.path + "/large.yaml") == folder.path
                + "/large.yaml: too large, 70000 bytes where 65536 bytes are allowed")
        try AtomicFile.write([0xFF, 0x00], to: folder.path + "/bytes.yaml")
        #expect(error(folder.path + "/bytes.yaml") == folder.path + "/bytes.yaml: not a text in UTF-8")
    }
}
