import CommandRuns
import SpeechRecognition
import Testing
import ToneModel

/// Help, version, usage, and how a run ends.
@Suite struct CommandLineTests {
    private let place: Place

    init() throws { place = try Place() }

    @Test(arguments: [
        ["--help"], ["transcribe", "--help"], ["classify", "--help"], ["evaluate", "--help"], ["train", "--help"],
        ["model", "--help"],
    ])
    func `Help shows an example and ends well`(arguments: [String]) throws {
        let result = try Child(place, arguments).result()
        #expect(result.status == 0 && result.errors == "")
        #expect(result.output.contains("keyword-transcribe ") && result.output.contains("xample"))
    }

    @Test func `Help names the subcommands for users only`() throws {
        let output = try place.run("--help").output
        for name in ["transcribe (default)", "classify", "evaluate", "train", "model"] {
            #expect(output.contains("\n  \(name) "))
        }
        #expect(!output.contains("tune"))
    }

    @Test func `The version is one line with release, instruction set and model`() throws {
        let result = try place.run("--version")
        #expect(result.status == 0 && result.errors == "" && result.lines.count == 1)
        #expect(result.output.hasPrefix("keyword-transcribe 0."))
        #expect(result.output.contains(", model "))
    }

    /// Arguments and the first line of the error.
    @Test(arguments: [
        ([], "Missing expected argument '<inputs> ...'"),
        (["--nope", "a.wav"], "Unknown option '--nope'. Did you mean '--model'?"),
        (["--threshold", "1.5", "a.wav"], "--threshold is 1.5; it can be 0 to 1"),
        (["--threshold", "nan", "a.wav"], "--threshold is nan; it can be 0 to 1"),
        (["--raw", "10", "-"], "--raw is 10; it can be 1000 to 768000 Hz"),
        (["--threads", "0", "a.wav"], "--threads is 0; it can be 1 to 256"),
        (["--json", "--format", "srt", "a.wav"], "--json and --format srt exclude each other"),
        (
            ["--format", "vtt", "a.wav"],
            "The value 'vtt' is invalid for '--format <format>'. Please provide one of 'text', 'srt' or 'audacity'."
        ),
        (
            ["--words", "yes,nay", "--model", "tones.onnx", "a.wav"],
            "--words: the model does not know 'nay'; it knows "
                + KeywordLabels.speechCommands.sorted().joined(separator: ", ")
        ),
        (
            ["evaluate", "--labels", "11", "x"],
            "The value '11' is invalid for '--labels <labels>'. Please provide one of '12' and '35'."
        ),
        (["train", "r.yaml"], "Missing expected argument '--data <dir>'"),
        (["train", "r.yaml", "--data", "d", "--resume", "--overwrite"], "--resume and --overwrite exclude each other"),
    ])
    func `Wrong usage is told in a line and ends with 64`(arguments: [String], error: String) throws {
        let result = try Child(place, arguments).result()
        #expect(result.status == 64 && result.output == "")
        #expect(result.errors.split(separator: "\n").first.map(String.init) == "keyword-transcribe: " + error)
    }

    @Test func `A closed pipe ends quietly`() throws {
        for index in 0..<40 { try place.write(ToneModel.speech("yes", "no"), to: "many/\(index).wav") }
        let shell = "{ \"$0\" \"$@\"; echo $? >status; } | head -1"
        let result = try place.run("--model", "tones.onnx", "many", shell: shell)
        #expect(result.lines.count == 1 && result.errors == "")
        #expect(try place.bytes("status") == Array("0\n".utf8))
    }

    @Test func `A full disk under the output is told`() throws {
        try place.write(ToneModel.speech("yes"), to: "yes.wav")
        let result = try place.run("--model", "tones.onnx", "yes.wav", shell: "exec \"$0\" \"$@\" >/dev/full")
        #expect(result.status == 1)
        #expect(result.errors == "keyword-transcribe: standard output: No space left on device\n")
    }

    @Test func `Ctrl-C ends a transcription`() throws {
        let child = try Child(
            place, ["--model", "tones.onnx", "--raw", "16000", "-"], input: nil, shell: Child.interruptible)
        let bytes = Bytes.pcm(ToneModel.speech("yes") + ToneModel.silence(0.5))
        try child.feed(bytes)
        #expect(try child.waits(for: \.output) { $0.contains("yes") })
        child.signal(2)
        #expect(try child.result().status == 130)
    }
}
