import ArgumentParser
import Chatbot
import Terminal

/// How characters are drawn: the options that all commands that write share.
struct SamplingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            How daring it is: 0 takes the likeliest character, whatever the penalties, 1 draws as learned (default: \
            \(Sampling.severalTemperature), and \(Sampling.singleTemperature) where one answer is written).
            """, valueName: "t"))
    var temperature: Double?

    @Option(help: ArgumentHelp("Draw among the likeliest k characters.", valueName: "k"))
    var topK: Int?

    @Option(
        help: ArgumentHelp("Draw among the likeliest characters that have this probability together.", valueName: "p"))
    var topP = Sampling().topP

    @Option(
        help: ArgumentHelp("Draw among characters at least p times as likely as the likeliest.", valueName: "p"))
    var minP = Sampling().minP

    @Option(help: ArgumentHelp("Make characters of the answer less likely; 1 does nothing.", valueName: "x"))
    var characterPenalty = Sampling().characterPenalty

    @Option(help: ArgumentHelp("Make words of the answer less likely to come again; 1 does nothing.", valueName: "x"))
    var wordPenalty = Sampling().wordPenalty

    @Option(
        help: ArgumentHelp(
            "Answers that are written side by side; the one that fits best is given. 1 shows the answer as it is written.",
            valueName: "n"))
    var candidates = Sampling().candidates

    @Option(help: ArgumentHelp("Characters of an answer at most.", valueName: "n"))
    var maxLength = Sampling().maximumLength

    @OptionGroup var start: SeedOption

    var seed: UInt64 { start.seed }

    var sampling: Sampling {
        var sampling = Sampling()
        (sampling.temperature, sampling.topK, sampling.topP, sampling.minP) = (temperature, topK, topP, minP)
        (sampling.characterPenalty, sampling.wordPenalty) = (characterPenalty, wordPenalty)
        (sampling.candidates, sampling.maximumLength) = (candidates, maxLength)
        return sampling
    }

    func validate() throws {
        if let fault = sampling.fault { throw ValidationError(fault) }
    }
}
