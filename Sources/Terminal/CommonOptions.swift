package import ArgumentParser
package import Progress

/// The options that every command has.
///
/// ```swift
/// @OptionGroup var common: CommonOptions
/// ```
package struct CommonOptions: ParsableArguments {
    @Flag(help: "Write one JSON object a line instead of text.")
    package var json = false

    @Option(
        help: ArgumentHelp(
            "Threads to compute with (default: one a core); answers do not depend on it.", valueName: "n"))
    package var threads: Int?

    @Flag(name: .shortAndLong, help: "Show no progress; errors are still shown.")
    package var quiet = false

    package init() {}

    package func validate() throws {
        if let threads, !(1...Self.mostThreads).contains(threads) {
            throw ValidationError("--threads is \(threads); it can be 1 to \(Self.mostThreads)")
        }
    }

    /// As many as the engine takes.
    private static let mostThreads = 256

    /// Takes progress for standard error, as far as the user wants it.
    package var progress: ProgressHandler { ProgressDisplay.handler(quiet: quiet) }
}

/// The option of commands that draw random numbers.
package struct SeedOption: ParsableArguments {
    @Option(help: ArgumentHelp("Where random numbers start; the same seed gives the same result.", valueName: "n"))
    package var seed: UInt64 = 1

    package init() {}
}
