import Glibc
import ModelFiles
import NeuralNetworks
import Pipelines
import Progress

/// Trains a small network on made-up pictures: what an application's `train` does, for the tests to stop, kill and go on with.
///
///     PipelinesTestRun RECIPE FOLDER refuse|resume|overwrite [checkpoint-milliseconds] [stop|die|wait N]
///
/// It checkpoints after each step where the milliseconds are 0. With `stop N` it asks to stop at the N-th of the moments in which it is in
/// the hands of its caller (after each step, at each validation, before and after the model is written); with `die N` it kills itself,
/// and with `wait N` it says so and waits to be killed.
@main enum TestRun {
    struct TestRecipe: RecipePart {
        var examples = 96
        /// Whether a number is learned, not a class.
        var hasNumbers = false
        var training = TrainingRecipe()

        func validate() throws(RecipeFault) { try require("examples", examples, in: 1...10_000) }
    }

    static func main() {
        do { try run(Array(CommandLine.arguments.dropFirst())) } catch is CancellationError { exit(130) } catch {
            FileHandles.line("\(error)", to: STDERR_FILENO)
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        let recipe = try Recipe.read(arguments[0], as: TestRecipe.self)
        let existing: Run.Existing =
            switch arguments[2] {
            case "resume": .resume
            case "overwrite": .overwrite
            default: .refuse
            }
        let folder = try Run(of: recipe, seed: recipe.content.training.seed, output: arguments[1], existing: existing)
        let hasNumbers = recipe.content.hasNumbers
        let pictures = Pictures(count: recipe.content.examples, seed: 1, hasNumbers: hasNumbers)
        let heldOut = Pictures(count: 40, seed: 2, hasNumbers: hasNumbers)
        let network = Sequential {
            Convolution(channels: 6, kernel: 3, padding: .same)
            BatchNormalization()
            Activation(.relu)
            Flatten()
            Dropout(0.2)
            Dense(hasNumbers ? 1 : Pictures.classes)
        }
        var training = try recipe.content.training.training(
            network, input: Pictures.shape, examples: pictures.count,
            loss: hasNumbers ? .meanSquaredError : nil, threads: 1)
        let milliseconds = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 0
        let end = arguments.count > 4 ? arguments[4] : "stop"
        let last = arguments.count > 5 ? Int(arguments[5]) ?? .max : .max
        var moments = 0
        func moment() {
            moments += 1
            guard moments == last else { return }
            if end == "die" { raise(SIGKILL) }
            if end == "wait" {
                FileHandles.line("waits", to: STDOUT_FILENO)
                while true { pause() }
            }
        }
        let trainingRun = TrainingRun(
            folder, recipe.content.training,
            progress: { event in if case .message(let text) = event { FileHandles.line(text, to: STDOUT_FILENO) } },
            shouldStop: {
                moment()
                return moments >= last
            }, checkpointInterval: .milliseconds(milliseconds))
        let outcome = try trainingRun.run(
            &training, on: pictures,
            validate: { training in
                moment()
                let evaluation = try training.evaluate(heldOut)
                return hasNumbers
                    ? Validation(figures: [Metric("loss", evaluation.loss)], score: -evaluation.loss)
                    : Validation(accuracy: evaluation.accuracy, loss: evaluation.loss)
            },
            model: { training, outcome in try training.graph(metadata: ["epoch": "\(outcome.kept.epoch)"]) },
            write: { graph, path in
                moment()
                try graph.write(toONNX: path)
                moment()
            })
        FileHandles.line("kept epoch \(outcome.kept.epoch) of \(outcome.epochs.count)", to: STDOUT_FILENO)
    }
}

/// Pictures of a bright corner in noise that differs in each epoch.
struct Pictures: Dataset {
    static let shape: Shape = [1, 6, 6]
    static let classes = 4
    let count: Int
    let seed: UInt64
    let hasNumbers: Bool

    func batch(_ indices: [Int], epoch: Int?, seed: UInt64) -> Batch {
        var values: [Float] = []
        for index in indices {
            var random = RandomStream(
                seed: self.seed &+ seed &* 1_000, name: "pictures", number: index &+ (epoch ?? -1) &* 100_003)
            for row in 0..<6 {
                for column in 0..<6 {
                    let isBright = (row < 3) == (index % 4 < 2) && (column < 3) == (index % 2 == 0)
                    values.append(random.uniform(-1, 1) + (isBright ? 0.5 : 0))
                }
            }
        }
        return Batch(
            inputs: Tensor(values, shape: [indices.count, 1, 6, 6]),
            targets: hasNumbers
                ? Tensor(indices.map { Float($0 % 4) / 4 }, shape: [indices.count])
                : Tensor(indices.map { Int64($0 % 4) }, shape: [indices.count]))
    }
}

enum FileHandles {
    static func line(_ text: String, to descriptor: CInt) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    }
}
