import ArgumentParser
import SpeechRecognition
import Terminal

/// `keyword-transcribe tune FEATURES.npy`, for those who ship a model.
struct Tune: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Choose a model's threshold, hop and smoothing on streams made of validation clips.",
        shouldDisplay: false)

    @Option(
        help: ArgumentHelp(
            "Features of noise, to lie between the clips; the first of every ten are taken.", valueName: "npy"))
    var noise: String

    @Option(help: ArgumentHelp("Write the model with what was chosen.", valueName: "file"))
    var output: String?

    @OptionGroup var model: ModelOption
    @OptionGroup var random: SeedOption
    @OptionGroup var common: CommonOptions

    @Argument(help: "Features of clips that were not learned from.")
    var clips: String

    func run() throws {
        let loaded = try model.load(threads: common.threads)
        let tuning = try DetectionTuning(loaded, clips: clips, noise: noise, seed: random.seed)
        let trials = try tuning.trials(progress: common.progress)
        for trial in trials {
            StandardOutput.line(
                "threshold \(FigureText.fixed(trial.parameters.threshold, decimals: 2))  hop \(trial.parameters.hop)  smoothing \(trial.parameters.smoothing)  "
                    + "precision \(FigureText.fixed(trial.precision, decimals: 4))  recall \(FigureText.fixed(trial.recall, decimals: 4))  "
                    + "F1 \(FigureText.fixed(trial.f1, decimals: 4))")
        }
        if let output, let best = trials.first { try loaded.write(to: output, detection: best.parameters) }
    }
}
