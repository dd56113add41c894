import CommandRuns
import Engine
import Foundation
import Glibc
import ModelFiles
import Testing
import ToneModel

/// Whatever is put before the command gets one clear line, and status 1; what is there is still done.
@Suite struct BadInputTests {
    private let place: Place
    /// A second: a word from 0.2 to 0.6 s.
    private static let word = ToneModel.silence(0.2) + ToneModel.tone("yes") + ToneModel.silence(0.4)

    init() throws { place = try Place() }

    /// Whether the word of each file was transcribed.
    private func isHeard(_ result: Child.Result, _ files: String...) -> Bool {
        let lines = result.lines.map { $0.split(separator: "\t") }
        return lines.map { $0[0] } == files.map { $0[...] }
            && lines.allSatisfy { line in
                line[3] == "yes" && ("0.14"..."0.20").contains(line[1]) && ("0.60"..."0.66").contains(line[2])
            }
    }

    private func transcribe(_ files: String..., shell: String = Child.plain) throws -> Child.Result {
        try Child(place, ["--model", "tones.onnx"] + files, shell: shell).result()
    }

    private func expectNothing(_ result: Child.Result, _ error: String) {
        #expect(result.status == 1 && result.output == "")
        #expect(result.errors == "keyword-transcribe: \(error)\n")
    }

    // MARK: Recordings

    /// A file's bytes and the error.
    private static let files: [(name: String, bytes: [UInt8], error: String)] = [
        ("empty.wav", [], "the file is empty"),
        (
            "notes.wav", Array("Call the plumber.\n".utf8),
            "text, not sound; a sound file begins with a header such as RIFF, fLaC or OggS"
        ),
        (
            "noise.wav", [0, 1, 2, 3] + Array(200...255),
            "not a sound file that can be read (WAV, FLAC, Ogg, AIFF, AU, CAF, MP3); samples without a header need their rate said"
        ),
        ("five.wav", Array("RIFF$".utf8), "the file ends inside its header, after 5 bytes"),
        ("cut.wav", Array(Bytes.wave([0, 0]).prefix(30)), "the file ends inside its header, after 30 bytes"),
        ("none.wav", Bytes.wave([]), "there are no samples after the header"),
        ("nan.wav", Bytes.wave(Bytes.floats([.nan]), format: 3, bits: 32), "the sample at 0.00 s is not a number"),
        ("channels.wav", Bytes.wave([0, 0], channels: 0), "0 channels; accepted are 1 to 1024"),
        ("rate.wav", Bytes.wave([0, 0], rate: 0), "a sample rate of 0 Hz; accepted are 1000 to 768000 Hz"),
    ]

    @Test(arguments: files.indices)
    func `A file that is no recording is told, from disk and from a pipe`(index: Int) throws {
        let (name, bytes, error) = Self.files[index]
        try place.write(bytes, to: name)
        expectNothing(try transcribe(name), "\(name): \(error)")
        expectNothing(try place.run("--model", "tones.onnx", "-", input: bytes), "standard input: \(error)")
        for command in ["classify", "evaluate"] {
            try place.write(bytes, to: "d/yes/" + name)
            let result = try place.run(command, "--model", "tones.onnx", "-q", "d")
            #expect(result.status == 1)
            #expect(result.errors == "keyword-transcribe: d/yes/\(name): \(error)\n")
        }
    }

    @Test func `Of data that are cut off what is there is transcribed, then the fault is told`() throws {
        let pcm = Bytes.pcm(Self.word)
        try place.write(Bytes.wave(pcm, promised: 64_000), to: "cut.wav")
        let piped = try place.run("--model", "tones.onnx", "-", input: Bytes.wave(pcm, promised: 64_000))
        for (result, name, shown) in [
            (try transcribe("cut.wav"), "cut.wav", "cut.wav"), (piped, "-", "standard input"),
        ] {
            #expect(result.status == 1 && isHeard(result, name))
            #expect(
                result.errors
                    == "keyword-transcribe: \(shown): the data end after 1.00 s where the header promises 2.00 s\n")
        }
        // A clip that is cut off is no clip.
        expectNothing(
            try place.run("classify", "--model", "tones.onnx", "cut.wav"),
            "cut.wav: the data end after 1.00 s where the header promises 2.00 s")
    }

    @Test func `Samples that are no numbers end what can be transcribed`() throws {
        for (value, words) in [(Float.nan, "not a number"), (.infinity, "infinite")] {
            try place.write(
                Bytes.wave(Bytes.floats(Self.word + [value] + Self.word), format: 3, bits: 32), to: "bad.wav")
            let result = try transcribe("bad.wav")
            #expect(result.status == 1 && isHeard(result, "bad.wav"))
            #expect(result.errors == "keyword-transcribe: bad.wav: the sample at 1.00 s is \(words)\n")
        }
    }

    @Test func `JSON has an object for what failed, in its place`() throws {
        try place.write(Bytes.wave(Bytes.pcm(Self.word), promised: 64_000), to: "a.wav")
        try place.write(Self.word, to: "b.wav")
        let result = try transcribe("--json", "a.wav", "gone.wav", "b.wav")
        #expect(result.status == 1)
        #expect(result.lines.count == 4 && result.lines[0].hasPrefix(#"{"file":"a.wav","keyword":"yes","#))
        #expect(
            result.lines[1] == #"{"file":"a.wav","error":"the data end after 1.00 s where the header promises 2.00 s"}"#
        )
        #expect(result.lines[2] == #"{"file":"gone.wav","error":"no such file"}"#)
        #expect(result.lines[3].hasPrefix(#"{"file":"b.wav","keyword":"yes","#))
    }

    @Test func `A folder with a bad file among good ones is done all the same`() throws {
        try place.write(Self.word, to: "d/a.wav")
        try place.write("text", to: "d/b.wav")
        try place.write(Self.word, to: "d/c.wav")
        let result = try transcribe("d", "nowhere")
        #expect(result.status == 1)
        #expect(isHeard(result, "d/a.wav", "d/c.wav"))
        #expect(
            result.errors == """
                keyword-transcribe: d/b.wav: text, not sound; a sound file begins with a header such as RIFF, fLaC or OggS
                keyword-transcribe: nowhere: no such file

                """)
    }

    @Test func `A folder without recordings is told`() throws {
        try place.write("text", to: "d/a.txt")
        expectNothing(
            try transcribe("d"), "d: no sound files in this folder; names ending in .wav, .flac, .ogg, … are taken")
    }

    @Test func `A file's name cannot steer the terminal`() throws {
        #expect(try transcribe("\u{1B}[2J.wav").errors == "keyword-transcribe: \u{FFFD}[2J.wav: no such file\n")
    }

    @Test func `What may not be read is told`() throws {
        try place.write(Self.word, to: "mine.wav")
        try place.write(Self.word, to: "yours.wav")
        try place.write("", to: "closed/x")
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0], ofItemAtPath: place.path + "/mine.wav")
        try files.setAttributes([.posixPermissions: 0], ofItemAtPath: place.path + "/closed")
        defer { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path + "/closed") }
        // Root may read everything; so another user does it, with a copy of the command that he can reach.
        let other = "setpriv --reuid=65534 --clear-groups"
        let shell =
            geteuid() == 0 ? "cp \"$0\" ./command && chmod 755 . && exec \(other) ./command \"$@\"" : Child.plain
        let result = try transcribe("mine.wav", "closed", "yours.wav", shell: shell)
        #expect(result.status == 1 && isHeard(result, "yours.wav"))
        #expect(
            result.errors == """
                keyword-transcribe: mine.wav: permission denied
                keyword-transcribe: closed: the folder cannot be read

                """)
    }

    @Test func `192 kHz with eight channels is transcribed`() throws {
        var samples: [Float] = []
        for sample in Self.word { for _ in 0..<12 * 8 { samples.append(sample) } }
        try place.write(Bytes.wave(Bytes.pcm(samples), channels: 8, rate: 192_000), to: "wide.wav")
        let result = try transcribe("wide.wav")
        #expect(result.status == 0 && result.errors == "" && isHeard(result, "wide.wav"))
    }

    @Test func `An hour of silence has nothing in it`() throws {
        try place.write(Bytes.wave([], promised: 115_200_000), to: "hour.wav")
        let file = try #require(FileHandle(forWritingAtPath: place.path + "/hour.wav"))
        try file.truncate(atOffset: 44 + 115_200_000)
        try file.close()
        let result = try transcribe("hour.wav")
        #expect(result.status == 0 && result.output == "" && result.errors == "")
    }

    @Test func `An hour needs no more memory than a minute`() throws {
        let child = try Child(place, ["--model", "tones.onnx", "--threads", "1", "--raw", "16000", "-"], input: nil)
        func peak() throws -> Int { try #require(Int(child.status("VmHWM").filter(\.isNumber))) }
        func word(_ count: Int) throws {
            try child.feed(Bytes.pcm(Self.word + ToneModel.silence(0.5)))
            #expect(try child.waits(for: \.output) { $0.split(separator: "\n").count == count })
        }
        let minute = [UInt8](repeating: 0, count: 60 * 32_000)
        try child.feed(minute)
        try word(1)
        let after = try peak()
        for _ in 0..<59 { try child.feed(minute) }
        try word(2)
        // In kilobytes; the hour itself has 115,200.
        #expect(try peak() - after < 20_000)
        try child.endInput()
        #expect(try child.result().status == 0)
    }

    // MARK: Models

    @Test func `A model that is none is told, whatever it is asked for`() throws {
        let good = try place.bytes("tones.onnx")
        try place.write("text", to: "text.onnx")
        try place.write([], to: "empty.onnx")
        try place.write(good.prefix(good.count / 2), to: "half.onnx")
        var damaged = good
        for place in 0..<64 { damaged[place] ^= 0x5A }
        try place.write(damaged, to: "damaged.onnx")
        try place.write(Self.word, to: "a.wav")
        for (model, error) in [
            ("text.onnx", "not an ONNX model, or cut short"), ("empty.onnx", "not an ONNX model, or cut short"),
            ("half.onnx", "not an ONNX model, or cut short"), ("damaged.onnx", "not an ONNX model, or cut short"),
            ("gone.onnx", "no such file"), (".", "is a directory, not a file"),
        ] {
            expectNothing(try place.run("--model", model, "a.wav"), "\(model): \(error)")
            expectNothing(try place.run("classify", "--json", "--model", model, "a.wav"), "\(model): \(error)")
        }
    }

    @Test func `A model for something else is told`() throws {
        var graph = try ToneModel.graph()
        graph.metadata = [:]
        try graph.write(toONNX: place.file("foreign.onnx"))
        try place.write(Self.word, to: "a.wav")
        expectNothing(
            try place.run("--model", "foreign.onnx", "a.wav"),
            "foreign.onnx: not a keyword model: there is no engram.task among its metadata; such models are made by keyword-transcribe train"
        )
    }

    @Test func `A model whose metadata lie about its shapes is told`() throws {
        try place.write(Self.word, to: "a.wav")
        for (key, good, bad, error) in [
            ("labels", "\"zero\",", "", "35 labels where the network's output is [1, 36]"),
            (
                "frontEnd", "\"frames\":98", "\"frames\":49",
                "images of 49 × 40 where the network takes f32[batch, 1, 98, 40]"
            ),
            ("frontEnd", "\"bands\":40", "\"bands\":80000", "'log_mel' is bands 80000; accepted is 1 to 1024"),
        ] {
            var graph = try ToneModel.graph()
            let text = try #require(graph.metadata["engram." + key])
            try #require(text.contains(good))
            graph.metadata["engram." + key] = text.replacing(good, with: bad)
            try graph.write(toONNX: place.file("lie.onnx"))
            expectNothing(try place.run("--model", "lie.onnx", "a.wav"), "lie.onnx: engram.\(key): \(error)")
        }
    }

    /// Bytes anywhere in a model may be flipped: the answer is an error in a line, or one that a model can give.
    @Test func `No damage to a model traps`() throws {
        let good = try place.bytes("tones.onnx")
        try place.write(Self.word, to: "a.wav")
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            var bytes = good
            // The names and shapes are at both ends, the weights between.
            let where_ = Bool.random(using: &random) ? 0..<400 : bytes.count - 2_000..<bytes.count
            let index = Int.random(in: where_, using: &random)
            bytes[index] = UInt8.random(in: 0...255, using: &random)
            try place.write(bytes, to: "bad.onnx")
            let result = try place.run("--model", "bad.onnx", "a.wav")
            #expect(result.status <= 1, "\(index) \(bytes[index]): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == Int(result.status), "\(index): \(result.errors)")
        }
    }
}
