import ArgumentParser
import SpeechRecognition
import Terminal

/// `keyword-transcribe FILE|DIR|-…`
struct Transcribe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print which keywords are said and when (the default).",
        discussion: """
            A line a keyword: file, start and end in seconds, keyword, confidence, with tabs between.

            Examples:
              keyword-transcribe talk.wav meetings
              keyword-transcribe --format srt talk.wav > talk.srt
              arecord -q -f S16_LE -r 16000 -c 1 | keyword-transcribe -
              keyword-transcribe --raw 8000 - < samples.s16
            """)

    @Option(
        help: ArgumentHelp(
            "Words to listen for, of those the model knows (default: the ten commands).", valueName: "yes,no,…"))
    var words: String?

    @Option(
        help: ArgumentHelp(
            "The least probability at which a word counts, 0 to 1 (default: the model's own).", valueName: "p"))
    var threshold: Double?

    @Option(help: "How keywords are written: \(TranscriptFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = TranscriptFormat.text

    @Option(
        help: ArgumentHelp(
            "The input has no header: 16-bit little-endian samples, one channel, at this rate.", valueName: "Hz"))
    var raw: Int?

    @OptionGroup var model: ModelOption
    @OptionGroup var common: CommonOptions

    @Argument(help: "Recordings, folders of them, or - for standard input.")
    var inputs: [String]

    func validate() throws {
        if let threshold, !(0...1).contains(threshold) {
            throw ValidationError("--threshold is \(threshold); it can be 0 to 1")
        }
        if let raw, !(1_000...768_000).contains(raw) {
            throw ValidationError("--raw is \(raw); it can be 1000 to 768000 Hz")
        }
        if common.json, format != .text {
            throw ValidationError("--json and --format \(format.rawValue) exclude each other")
        }
    }

    func run() throws {
        let loaded = try model.load(threads: common.threads)
        let listened = try words.map { words in
            do { return try KeywordList(words, of: loaded.labels).words } catch { throw ValidationError("\(error)") }
        }
        let results = Results(of: KeywordTranscribe.name, json: common.json)
        for input in inputs {
            do {
                for file in try SoundFiles.expanded(input) { transcribe(file, loaded, listened, results) }
            } catch {
                results.failure(of: input, error)
            }
        }
        try results.end()
    }

    private func transcribe(_ file: String, _ model: KeywordModel, _ words: [String]?, _ results: Results) {
        var count = 0
        do {
            var recording = try RecordingTranscription(
                of: file, rawRate: raw, model: model, words: words, threshold: threshold)
            while let keywords = try recording.next() {
                for keyword in keywords {
                    count += 1
                    results.answer(
                        format.text(keyword, number: count, file: file),
                        json: [
                            "file": .string(file), "keyword": .string(keyword.word), "start": .number(keyword.start),
                            "end": .number(keyword.end), "confidence": .number(keyword.confidence),
                        ])
                }
            }
        } catch {
            results.failure(of: file, error)
        }
    }
}

extension TranscriptFormat: ExpressibleByArgument {}
