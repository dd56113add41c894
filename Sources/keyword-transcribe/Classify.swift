import ArgumentParser
import SpeechRecognition
import Terminal

/// `keyword-transcribe classify FILE|DIR…`
struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say of each clip which word it is.",
        discussion: """
            A line a clip: file, label, confidence, with tabs between. A clip shorter than a second is put in the middle of \
            silence; of a longer one the second of most energy counts.

            Example:
              keyword-transcribe classify --json clips
            """)

    @Flag(help: "Choose among all words that the model knows instead of the ten commands, _unknown_ and _silence_.")
    var allWords = false

    @OptionGroup var model: ModelOption
    @OptionGroup var common: CommonOptions

    @Argument(help: "Recordings, or folders of them.")
    var inputs: [String]

    func run() throws {
        let loaded = try model.load(threads: common.threads)
        let results = Results(of: KeywordTranscribe.name, json: common.json)
        let view = allWords ? LabelView.allWords(of: loaded.labels) : .commands(of: loaded.labels)
        var classifier = try ClipClassifier(loaded, view: view)
        var files: [String] = []
        for input in inputs {
            do { files += try SoundFiles.expanded(input) } catch { results.failure(of: input, error) }
        }
        try classifier.classify(files) { file, answer in
            switch answer {
            case .success(let answer):
                results.answer(
                    "\(file)\t\(answer.label)\t\(FigureText.fixed(Double(answer.confidence), decimals: 2))",
                    json: [
                        "file": .string(file), "label": .string(answer.label), "confidence": .number(answer.confidence),
                    ])
            case .failure(let error): results.failure(of: file, error)
            }
        }
        try results.end()
    }
}
