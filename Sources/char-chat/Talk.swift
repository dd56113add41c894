import ArgumentParser
import Chatbot
import Engine
import FoundationEssentials
import LineEditing
import Terminal

/// `char-chat`, `char-chat talk`
struct Talk: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Talk, line by line.",
        discussion: """
            A line is answered; one that begins with a slash is a command, and /help \
            shows all. Where standard input is no terminal each line is answered by one \
            line; with --json by an object {"reply"}.

            Examples:
              char-chat
              echo "Do you like music?" | char-chat
            """)

    @OptionGroup var model: ModelOption
    @OptionGroup var options: SamplingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        var session = TalkSession(
            try Conversation(model.load(threads: common.threads), seed: options.seed), options.sampling)
        let lines = LineReader(history: Self.history, completions: TalkCommand.all.map(\.name))
        if lines.isTerminal, !common.quiet {
            let name = session.conversation.model.name.withoutControls
            StandardOutput.line("\(name) listens; /help shows what else, Ctrl-D leaves")
        }
        while true {
            switch try lines.next(prompt: "\u{1B}[1;36myou>\u{1B}[0m ") {
            case .end: return
            case .interrupted: continue
            case .line(let line):
                let display = TalkDisplay(
                    isTerminal: lines.isTerminal, hasColour: lines.hasColour, isJSON: common.json)
                guard session.take(line, shouldStop: { ControlC.isPressed }, show: display.show) else { return }
            }
        }
    }

    /// Where what was typed is kept, as the XDG base directory specification has it; nil where there is no home.
    private static var history: String? {
        let environment = ProcessInfo.processInfo.environment
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (state ?? environment["HOME"].map { $0 + "/.local/state" }).map { $0 + "/engram/char-chat-history" }
    }
}

/// A talk as a terminal shows it, or a pipe.
private final class TalkDisplay {
    private let isTerminal, hasColour, isJSON: Bool
    private var isAnswering = false

    init(isTerminal: Bool, hasColour: Bool, isJSON: Bool) {
        self.isTerminal = isTerminal
        self.hasColour = hasColour
        self.isJSON = isJSON
    }

    func show(_ event: TalkSession.Event) {
        switch event {
        case .character(let character):
            guard isTerminal, !isJSON else { return }
            if !isAnswering { StandardOutput.write(hasColour ? "\u{1B}[1;33mbot>\u{1B}[0m " : "bot> ") }
            isAnswering = true
            StandardOutput.write(String(character).withoutControls)
        case .answered(let answer):
            let text = isTerminal ? "" : answer.withoutControls
            StandardOutput.line(isJSON ? JSONValue.object([.init("reply", .string(answer))]).text : text)
        case .message(let text):
            let shown = text.withoutControls
            if isJSON { StandardError.shared.line(shown) } else { StandardOutput.line(shown) }
        case .notice(let text), .fault(let text): StandardError.shared.error(text, from: CharChat.name)
        }
    }
}
