import Engine
import Foundation
import ModelFiles
import NeuralNetworks

/// A folder of its own for a test, removed at its end, with models in it.
struct Scratch: ~Copyable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "engram-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file of these bytes.
    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    /// Runs `engram` in the folder.
    func engram(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> Finished {
        try engram(arguments: arguments, input: input, environment: environment)
    }

    /// Runs `engram` in the folder.
    func engram(arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> Finished {
        // The command lies beside the tests.
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let process = Process()
        process.executableURL = tests.appendingPathComponent("engram")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let names = ["in", "out", "err"].map { "\(path)/.\(UUID().uuidString).\($0)" }
        for name in names {
            _ = FileManager.default.createFile(atPath: name, contents: name == names[0] ? Data(input.utf8) : nil)
        }
        process.standardInput = FileHandle(forReadingAtPath: names[0])
        process.standardOutput = FileHandle(forWritingAtPath: names[1])
        process.standardError = FileHandle(forWritingAtPath: names[2])
        try process.run()
        process.waitUntilExit()
        return Finished(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOfFile: names[1], encoding: .utf8),
            errors: try String(contentsOfFile: names[2], encoding: .utf8))
    }
}

/// What a command left; a signal is a negative status.
struct Finished: Equatable {
    var status: Int32
    var output: String
    var errors: String
}

/// A value of JSON, as tests compare it.
func json(_ line: some StringProtocol) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
}

/// Models to look into.
enum Models {
    /// A network of every part that `info` shows.
    static func digits() throws -> Graph {
        let network = Sequential {
            Convolution(channels: 4, kernel: 3, padding: .same)
            BatchNormalization()
            Activation(.relu)
            MaxPooling(2)
            Flatten()
            Dense(10)
        }
        let training = try Training(
            network, input: [1, 8, 8], loss: .softmaxCrossEntropy, optimizer: .sgd(), schedule: .constant(rate: 0.1),
            options: .init(threads: 1))
        return try training.graph(metadata: ["task": "digits", "labels": "zero\none"])
    }
}
