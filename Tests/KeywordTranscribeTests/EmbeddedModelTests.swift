import CommandRuns
import Foundation
import Testing
import ToneModel

/// What the shipped model hears.
@Suite struct EmbeddedModelTests {
    private let place: Place
    private struct Line: Decodable { var file: String, keyword: String, start: Double, end: Double, confidence: Double }
    private static let samples = Place.project + "/sample-data"

    init() throws { place = try Place() }

    private func decoded(_ result: Child.Result) throws -> [Line] {
        #expect(result.status == 0 && result.errors == "")
        return try result.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    private func heard(_ arguments: String...) throws -> [Line] {
        try decoded(Child(place, ["--json"] + arguments).result())
    }

    /// What is said in the sample recordings: file, keyword, start, end.
    private func transcripts() throws -> [[String]] {
        try String(contentsOfFile: Self.samples + "/transcripts.tsv", encoding: .utf8).split(separator: "\n")
            .dropFirst().map { $0.split(separator: "\t").map(String.init) }
    }

    @Test func `The sample recordings are transcribed as what is said in them`() throws {
        let words = "yes,no,up,down,left,right,on,off,stop,go,seven,happy"
        for (file, said) in Dictionary(grouping: try transcripts(), by: { $0[0] }) {
            let lines = try heard("--words", words, Self.samples + "/" + file)
            #expect(lines.map(\.keyword) == said.map { $0[1] }, "\(file)")
            for (line, row) in zip(lines, said) {
                let middle = (try #require(Double(row[2])) + #require(Double(row[3]))) / 2
                #expect(abs((line.start + line.end) / 2 - middle) <= 0.25, "\(file): \(line)")
            }
        }
    }

    @Test func `Words that are no commands are not told unasked`() throws {
        #expect(try heard(Self.samples + "/seven.wav", Self.samples + "/happy.wav").map(\.keyword) == [])
    }

    /// Twenty seconds of each.
    @Test(arguments: ["silence", "offset", "hum", "white noise", "brown noise"])
    func `Nothing is heard where nothing is said`(kind: String) throws {
        var state: UInt32 = 1
        func random() -> Float {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) / 2_147_483_648
        }
        var brown: Float = 0
        let samples = (0..<320_000).map { (n: Int) -> Float in
            let phase = 2 * .pi * Float(n % 320) / 320
            switch kind {
            case "offset": return 3_000
            case "hum": return 6_000 * sin(phase) + 2_000 * sin(3 * phase)
            case "white noise": return 2_000 * random()
            case "brown noise":
                brown = 0.998 * brown + 100 * random()
                return brown
            default: return 0
            }
        }
        try place.write(samples, to: "a.wav")
        #expect(try heard("a.wav").map { "\($0)" } == [])
    }

    @Test(arguments: ["yes", "no", "up", "go"])
    func `A word held long is one event`(word: String) throws {
        let (samples, middle) = try loudest(of: word)
        // 40 ms of its vowel, again and again for two seconds.
        let vowel = Array(samples[middle..<middle + 640])
        let held = samples[..<middle] + (0..<50).flatMap { _ in vowel } + samples[middle...]
        try place.write(ToneModel.silence(0.5) + held + ToneModel.silence(1), to: "held.wav")
        let lines = try heard("held.wav")
        #expect(lines.count <= 1, "\(lines)")
    }

    @Test func `A recording is heard alike from disk and from a pipe in small pieces`() throws {
        let file = try Array(Data(contentsOf: URL(filePath: Self.samples + "/yes-no-stop.wav")))
        let whole = try heard(Self.samples + "/yes-no-stop.wav")
        let child = try Child(place, ["--json", "-"], input: nil)
        for start in stride(from: 0, to: file.count, by: 777) {
            try child.feed(Array(file[start..<min(start + 777, file.count)]))
        }
        try child.endInput()
        let lines = try decoded(child.result())
        #expect(lines.map(\.start) == whole.map(\.start) && lines.map(\.keyword) == whole.map(\.keyword))
    }

    @Test func `The sample's single words are classified`() throws {
        let single = try transcripts().filter { $0[0] == $0[1] + ".wav" }
        let files = single.map { Self.samples + "/" + $0[0] }
        let result = try Child(place, ["classify", "--all-words"] + files).result()
        #expect(result.lines.map { $0.split(separator: "\t")[1] } == single.map { $0[1][...] })
    }

    @Test func `The shipped model is small and says where it comes from`() throws {
        #expect(try place.run("model", "--output", "m.onnx").status == 0)
        let bytes = try place.bytes("m.onnx")
        #expect(bytes.count <= 2_000_000)
        for key in ["recipe", "seed", "data", "figures"] {
            #expect(Data(bytes).range(of: Data("engram.\(key)".utf8)) != nil, "\(key)")
        }
    }

    /// A sample recording, and where it is loudest.
    private func loudest(of word: String) throws -> (samples: [Float], place: Int) {
        let bytes = try Array(Data(contentsOf: URL(filePath: Self.samples + "/\(word).wav")).dropFirst(44))
        let samples = stride(from: 0, to: bytes.count - 1, by: 2).map {
            Float(Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8))
        }
        let energies = stride(from: 0, to: samples.count - 640, by: 80).map { start in
            samples[start..<start + 640].reduce(0) { $0 + $1 * $1 }
        }
        let best = energies.indices.max { energies[$0] < energies[$1] } ?? 0
        return (samples, best * 80)
    }
}
