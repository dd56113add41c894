package import ArgumentParser

/// Where a training runs and what it starts from: the options that all `train` commands share.
package struct RunOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The run's folder (default: runs/RECIPE-SEED).", valueName: "run"))
    package var output: String?

    @Option(help: ArgumentHelp("Where random numbers start, instead of the recipe's.", valueName: "n"))
    package var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Start from the weights of a finished model, or of a run's folder.", valueName: "model"))
    package var from: String?

    @Flag(help: "Go on with a run that was interrupted.")
    package var resume = false

    @Flag(help: "Remove a run that is there and begin anew.")
    package var overwrite = false

    package init() {}

    package func validate() throws {
        if resume, overwrite { throw ValidationError("--resume and --overwrite exclude each other") }
    }
}
