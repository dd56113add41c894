import Engine
import Foundation
import Glibc

/// Reads damaged inputs, one after another, until its time is over or one of them ends it.
struct Worker {
    private let corpus: Corpus
    private let seed: UInt64
    private let folder: String

    /// Inputs of one worker: what it leaks is no concern.
    private static let most = 50_000
    /// Seconds that an input may take, on a machine that others use too.
    private static let patience: UInt32 = 20
    /// Bytes of memory, all mappings counted.
    private static let memory: rlim_t = 3 << 30

    init(_ corpus: Corpus, seed: UInt64, folder: String) {
        self.corpus = corpus
        self.seed = seed
        self.folder = folder
    }

    func run(from first: Int, seconds: Double) throws {
        var limit = rlimit(rlim_cur: Self.memory, rlim_max: Self.memory)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return }
        let deadline = ContinuousClock.now + .seconds(seconds)
        var taken = 0, whole = 0
        for number in first..<first + Self.most {
            var random = RandomStream(seed: seed, name: "input", number: number)
            let (reader, bytes) = corpus.damaged(&random)
            Self.removeFiles(in: folder)
            try Data(bytes).write(to: URL(fileURLWithPath: Self.path(in: folder, reader)))
            try Data("\(number)".utf8).write(to: URL(fileURLWithPath: Self.numberPath(in: folder)))
            alarm(Self.patience)
            if (try? reader.read(Self.path(in: folder, reader))) != nil { whole += 1 }
            alarm(0)
            taken += 1
            if ContinuousClock.now >= deadline { break }
        }
        print("\(taken) inputs, \(whole) of them could be read")
    }

    /// The input at hand.
    static func path(in folder: String, _ reader: Reader) -> String { "\(folder)/current.\(reader.rawValue)" }
    private static func numberPath(in folder: String) -> String { folder + "/current.number" }

    /// The number of the input at hand.
    static func number(in folder: String) -> Int? {
        (try? String(contentsOfFile: numberPath(in: folder), encoding: .utf8)).flatMap { Int($0) }
    }

    static func removeFiles(in folder: String) {
        for reader in Reader.allCases { unsafe unlink(path(in: folder, reader)) }
    }
}
