import ArgumentParser
import Chatbot
import Engine
import Terminal

/// `char-chat`, `char-chat talk`
struct Talk: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Talk, line by line.",
        discussion: """
            A line is answered; one that begins with a slash is a command, and /help shows all. Where standard input is
            no terminal each line is answered by one line.

            Examples:
              char-chat
              echo "Do you like music?" | char-chat
            """)

    @OptionGroup var model: ModelOption
    @OptionGroup var options: SamplingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        var session = TalkSession(
            try Conversation(model.model(threads: common.threads), seed: options.seed), options.sampling)
        while let line = readLine() {
            let goesOn = session.take(line) { event in
                switch event {
                case .character(let character): StandardOutput.write(String(character))
                case .answered: StandardOutput.write("\n")
                case .message(let text): StandardOutput.line(text)
                case .fault(let text): StandardError.shared.error(text, from: CharChat.name)
                }
            }
            if !goesOn { return }
        }
    }
}
