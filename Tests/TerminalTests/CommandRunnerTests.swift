import ArgumentParser
import Glibc
import Terminal
import Testing

/// A command with all that a command can do.
private struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "A command.",
        version: VersionText(of: "sample", instructionSet: "avx2", models: ["keywords 1"]).text,
        subcommands: [Read.self, Stop.self, Talk.self])

    struct Read: ParsableCommand {
        @OptionGroup var common: CommonOptions
        @OptionGroup var random: SeedOption
        @Argument var files: [String] = []

        func run() throws {
            let results = Results(of: "sample", json: common.json)
            for file in files {
                if file.hasPrefix("bad") {
                    results.failure(of: file, Fault(description: "\(file): not an image"))
                } else {
                    results.answer(
                        "\(file),\(random.seed)", json: ["file": .string(file), "score": .number(Float(0.1))])
                }
            }
            try results.end()
        }
    }

    struct Stop: ParsableCommand {
        func run() throws { throw CancellationError() }
    }

    struct Talk: ParsableCommand {
        func run() throws { throw Fault(description: "model.onnx: 3 bytes; a model has at least 8\u{1B}[2J") }
    }
}

private struct Fault: Error, CustomStringConvertible {
    var description: String
}

/// Runs the command after a word on standard error, without which an observed process that says nothing there is shown
/// with a mark of the testing library.
private func begin(_ arguments: [String]) -> Never {
    StandardError.shared.line("begun")
    CommandRunner.run(Sample.self, arguments: arguments)
}

@Suite struct CommandRunnerTests {
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `Answers are lines and end with 0`() async throws {
        let result = try await #require(
            processExitsWith: .success, observing: [\.standardOutputContent, \.standardErrorContent]
        ) { begin(["read", "a.png", "b.png", "--seed", "7"]) }
        #expect(Self.text(result.standardOutputContent).hasSuffix("a.png,7\nb.png,7\n"))
        #expect(Self.text(result.standardErrorContent) == "begun\n")
    }

    @Test func `An input that fails has its line, the others their answers, and the status is 1`() async throws {
        let result = try await #require(
            processExitsWith: .exitCode(1), observing: [\.standardOutputContent, \.standardErrorContent]
        ) { CommandRunner.run(Sample.self, arguments: ["read", "--json", "bad.png", "b.png"]) }
        let lines = #"{"file":"bad.png","error":"not an image"}"# + "\n" + #"{"file":"b.png","score":0.1}"# + "\n"
        #expect(Self.text(result.standardOutputContent).hasSuffix(lines))
        #expect(Self.text(result.standardErrorContent) == "sample: bad.png: not an image\n")
    }

    @Test
    func `A thrown error is a line with the command's name, without the terminal's commands, and the status is 1`()
        async throws
    {
        let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            CommandRunner.run(Sample.self, arguments: ["talk"])
        }
        #expect(
            Self.text(result.standardErrorContent)
                == "sample: model.onnx: 3 bytes; a model has at least 8\u{FFFD}[2J\n")
    }

    @Test func `A wrong option ends with 64 and the parser's usage`() async throws {
        let result = try await #require(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            CommandRunner.run(Sample.self, arguments: ["read", "--jsn"])
        }
        #expect(
            Self.text(result.standardErrorContent) == """
                sample: Unknown option '--jsn'. Did you mean '--json'?
                Usage: sample read [--json] [--threads <n>] [--quiet] [--seed <n>] [<files> ...]
                  See 'sample read --help' for more information.

                """)
    }

    @Test func `A number of threads that cannot be is a wrong usage`() async throws {
        let result = try await #require(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            CommandRunner.run(Sample.self, arguments: ["read", "--threads", "0"])
        }
        #expect(
            Self.text(result.standardErrorContent).hasPrefix("sample: --threads is 0; it can be 1 to 256\nUsage: "))
    }

    @Test func `The version is on standard output`() async throws {
        let result = try await #require(
            processExitsWith: .success, observing: [\.standardOutputContent, \.standardErrorContent]
        ) { begin(["--version"]) }
        #expect(Self.text(result.standardOutputContent).hasSuffix("sample 0.1.0, avx2, model keywords 1\n"))
        #expect(Self.text(result.standardErrorContent) == "begun\n")
    }

    @Test func `Work that was asked to stop ends with 130 and no words`() async throws {
        let result = try await #require(processExitsWith: .exitCode(130), observing: [\.standardErrorContent]) {
            begin(["stop"])
        }
        #expect(Self.text(result.standardErrorContent) == "begun\n")
    }

    @Test func `A reader that went away ends the command quietly with 0`() async throws {
        let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
            var ends: [Int32] = [0, 0]
            _ = unsafe pipe(&ends)
            dup2(ends[1], STDOUT_FILENO)
            close(ends[0])
            begin(["read", "a.png", "bad.png"])
        }
        #expect(Self.text(result.standardErrorContent) == "begun\n")
    }

    @Test func `A full disk is told, with 1`() async throws {
        let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            dup2(unsafe open("/dev/full", O_WRONLY), STDOUT_FILENO)
            CommandRunner.run(Sample.self, arguments: ["read", "a.png"])
        }
        #expect(Self.text(result.standardErrorContent).hasSuffix(": standard output: No space left on device\n"))
    }
}

/// Sends a signal to this thread, which as a worker of the test process may have it blocked.
private func send(_ signal: Int32) {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, signal)
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(signal)
}

@Suite struct InterruptionTests {
    @Test func `The first signal asks to stop`() async throws {
        let result = try await #require(processExitsWith: .exitCode(7), observing: [\.standardErrorContent]) {
            Interruption.watch()
            guard !Interruption.isRequested else { exit(1) }
            send(SIGINT)
            exit(Interruption.isRequested ? 7 : 2)
        }
        #expect(
            String(decoding: result.standardErrorContent, as: UTF8.self)
                == "\nstopping at the next whole step; Ctrl-C again ends at once\n")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `The second signal ends the process`(signal: Int32) async {
        await #expect(processExitsWith: .signal(signal)) { [signal] in
            Interruption.watch()
            send(signal)
            send(signal)
        }
    }
}

@Suite struct VersionTextTests {
    @Test(arguments: [
        ([], "engram 0.1.0, avx512"),
        (["keywords 1", "faces 2"], "engram 0.1.0, avx512, model keywords 1, model faces 2"),
    ])
    func `The version names release, instruction set and models`(models: [String], text: String) {
        #expect(VersionText(of: "engram", instructionSet: "avx512", models: models).text == text)
    }
}
