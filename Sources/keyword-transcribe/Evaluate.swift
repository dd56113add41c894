import ArgumentParser
import SpeechRecognition
import Terminal

/// `keyword-transcribe evaluate DIR|FEATURES.npy`
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Count how often the model is right.",
        discussion: """
            DIR holds a folder of recordings a label: a word, _unknown_ or _silence_. FEATURES.npy is an array of log-mel \
            images beside a .tsv of their words.

            Examples:
              keyword-transcribe evaluate speech_commands_test_set --picture confusion.png
              keyword-transcribe evaluate validation.npy --labels 35 --json
            """)

    /// How many labels are told apart.
    enum Labels: String, ExpressibleByArgument, CaseIterable {
        case twelve = "12"
        case thirtyFive = "35"
    }

    @Option(help: "12: the ten commands, _unknown_ and _silence_; 35: every word, and _silence_.")
    var labels = Labels.twelve

    @Option(help: ArgumentHelp("Write the confusion matrix as a picture, PNG.", valueName: "file"))
    var picture: String?

    @OptionGroup var model: ModelOption
    @OptionGroup var common: CommonOptions

    @Argument(help: "A folder of labelled recordings, or features.")
    var data: String

    func run() throws {
        let loaded = try model.load(threads: common.threads)
        let view =
            switch labels {
            case .twelve: LabelView.commands(of: loaded.labels)
            case .thirtyFive: LabelView.allWords(of: loaded.labels)
            }
        let results = Results(of: KeywordTranscribe.name, json: common.json)
        let evaluation = try ClipEvaluator(loaded, view: view).evaluate(data, progress: common.progress) {
            file, error in
            results.failure(of: file, error)
        }
        if let picture { try evaluation.write(picture: picture, title: "\(loaded.name) on \(data)") }
        results.answer(
            "\(data)\t\(evaluation.right) of \(evaluation.clips) clips right\t\(FigureText.fixed(evaluation.accuracy * 100, decimals: 2)) %",
            json: [
                "clips": .integer(evaluation.clips), "accuracy": .number(evaluation.accuracy),
                "labels": .array(evaluation.labels.map { .string($0) }),
                "confusion": .array(evaluation.confusion.map { .array($0.map { .integer($0) }) }),
            ])
        try results.end()
    }
}
