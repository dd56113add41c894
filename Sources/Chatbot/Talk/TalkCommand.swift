/// What a user can ask for in a talk beside an answer: a line that begins with a slash.
package enum TalkCommand: Hashable, Sendable {
    case help, reset, retry, undo, quit
    case save(String), load(String)
    case temperature(Double), seed(UInt64), candidates(Int)

    /// A command's name, what comes behind it, and what it does.
    package static let all: [(name: String, argument: String?, meaning: String)] = [
        ("/help", nil, "show this"),
        ("/retry", nil, "answer anew"),
        ("/undo", nil, "take your last words back, and the answer to them"),
        ("/reset", nil, "begin a new talk"),
        ("/save", "FILE", "keep the talk in a file"),
        ("/load", "FILE", "go on with a talk that was kept"),
        ("/temperature", "T", "how daring answers are: 0 is the likeliest, 1 as learned"),
        ("/seed", "N", "where random numbers start"),
        ("/candidates", "N", "answers of which the one that fits best is given"),
        ("/quit", nil, "leave, as Ctrl-D does"),
    ]

    /// What is wrong with a line that begins with a slash.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// The command of a line; nil where it is nothing but words.
    package init?(_ line: String) throws(Fault) {
        guard line.first == "/" else { return nil }
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        let name = parts[0], argument = parts.count > 1 ? parts[1].trimmed : ""
        guard let known = Self.all.first(where: { $0.name == name }) else {
            throw Fault(description: "there is no command \(name); /help shows all")
        }
        func value<Value>(_ parse: (String) -> Value?, _ accepted: String) throws(Fault) -> Value {
            guard let value = parse(argument) else {
                throw Fault(
                    description: argument.isEmpty
                        ? "\(name) needs \(accepted)" : "\(name) needs \(accepted), not '\(argument)'")
            }
            return value
        }
        if known.argument == nil, !argument.isEmpty {
            throw Fault(description: "\(name) takes nothing behind it")
        }
        switch name {
        case "/reset": self = .reset
        case "/retry": self = .retry
        case "/undo": self = .undo
        case "/quit": self = .quit
        case "/save": self = .save(try value({ $0.isEmpty ? nil : $0 }, "the name of a file"))
        case "/load": self = .load(try value({ $0.isEmpty ? nil : $0 }, "the name of a file"))
        case "/temperature":
            self = .temperature(
                try value({ Double($0).flatMap { (0...10).contains($0) ? $0 : nil } }, "a number from 0 to 10"))
        case "/seed": self = .seed(try value({ UInt64($0) }, "a whole number from 0 to \(UInt64.max)"))
        case "/candidates":
            self = .candidates(
                try value({ Int($0).flatMap { (1...64).contains($0) ? $0 : nil } }, "a number from 1 to 64"))
        default: self = .help
        }
    }

    /// The text of `/help`.
    package static var helpText: String {
        let heads = all.map { $0.name + ($0.argument.map { " " + $0 } ?? "") }
        let width = heads.map(\.count).max() ?? 0
        return zip(heads, all).map { head, command in
            head + String(repeating: " ", count: width + 2 - head.count) + command.meaning
        }.joined(separator: "\n")
    }
}

extension String {
    /// Without spaces at both ends.
    fileprivate var trimmed: String {
        var part = self[...]
        while part.first == " " { part.removeFirst() }
        while part.last == " " { part.removeLast() }
        return String(part)
    }
}
