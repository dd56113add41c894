import ArgumentParser
import Foundation

/// Damages files in many ways and looks whether a reader traps, hangs, or takes memory without bound.
///
/// It starts itself as a worker, which reads input after input, each decided by the seed and its number. Before each, the worker leaves
/// the input's bytes in a file; when it dies, that file is kept, and another worker goes on with the next input.
@main struct FuzzReaders: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "FuzzReaders", abstract: "Read damaged ONNX, safetensors, .npy, recipe and dialogue files.",
        discussion: """
            Samples are files, or folders of them. What makes a reader die is kept in the output folder, and --replay reads
            it again. The exit status is 1 if there was one.
            """)

    @Option(help: "How long to go on.")
    var seconds = 60.0

    @Option(help: "Decides the inputs.")
    var seed: UInt64 = 1

    @Option(help: "The number of the first input.")
    var first = 0

    @Option(help: "Where inputs that a reader dies of are kept.")
    var output = "."

    @Option(help: "Where the input at hand lies; best a folder in memory.")
    var scratch = "."

    @Flag(help: "Read the files as they are, in this process.")
    var replay = false

    @Flag(help: "Leave the last input in the scratch folder, as current.READER.")
    var keep = false

    @Flag(help: .hidden)
    var worker = false

    @Argument(help: "Samples to damage.")
    var samples: [String]

    func validate() throws {
        guard seconds >= 0, seconds <= 1e6 else {
            throw ValidationError("--seconds is \(seconds); it can be 0 to 1000000")
        }
        guard first >= 0 else { throw ValidationError("--first is \(first); it can be 0 or more") }
    }

    func run() throws {
        if replay { return try samples.forEach(read) }
        guard !worker else {
            return try Worker(Corpus(of: samples), seed: seed, folder: scratch).run(from: first, seconds: seconds)
        }
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        let deadline = ContinuousClock.now + .seconds(seconds)
        var next = first, found = 0
        repeat {
            let ending = try startWorker(at: next, seconds: (deadline - .now) / .seconds(1))
            guard let number = Worker.number(in: scratch) else {
                throw ValidationError("nothing was read; a sample may be at fault as it is")
            }
            next = number + 1
            if let signal = ending {
                found += 1
                let kept = "\(output)/died-of-\(signal)-\(seed)-\(number)"
                for reader in Reader.allCases {
                    let current = Worker.path(in: scratch, reader)
                    guard FileManager.default.fileExists(atPath: current) else { continue }
                    try FileManager.default.copyItem(atPath: current, toPath: "\(kept).\(reader.rawValue)")
                    print("input \(number): signal \(signal), kept as \(kept).\(reader.rawValue)")
                }
            }
        } while ContinuousClock.now < deadline && found < 20
        if !keep { Worker.removeFiles(in: scratch) }
        print("\(next - first) inputs, \(found) that a reader died of")
        if found > 0 { throw ExitCode.failure }
    }

    private func read(_ path: String) throws {
        guard let reader = Reader(rawValue: URL(fileURLWithPath: path).pathExtension) else {
            throw ValidationError("\(path): no reader is for files of this name")
        }
        do { print("\(path): \(try reader.read(path))") } catch { print("\(error)") }
    }

    /// Runs a worker to its end; the signal that it died of, if it did.
    private func startWorker(at first: Int, seconds: Double) throws -> Int32? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments =
            [
                "--worker", "--seconds", "\(max(0, seconds))", "--seed", "\(seed)", "--first", "\(first)", "--scratch",
                scratch,
            ]
            + samples
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationReason == .exit else { return process.terminationStatus }
        guard process.terminationStatus == 0 else { throw ExitCode(process.terminationStatus) }
        return nil
    }
}
