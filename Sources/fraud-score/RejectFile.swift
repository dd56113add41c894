import ArgumentParser
import FraudDetection
import Tables
import Terminal

/// Keeps rows that are left out, with their line and why, in a file beside the output; tells of the first ones.
final class RejectFile {
    private static let told = 10

    private let path: String?
    private let isStrict: Bool
    private var sink: ScoreSink?
    private var count = 0

    /// - Parameter output: the output, which gives the file its name; nil where rows are told of and not kept.
    init(beside output: String?, isStrict: Bool) throws {
        path = output.flatMap { $0 == "-" ? nil : $0 + ".rejects.csv" }
        self.isStrict = isStrict
    }

    func take(file: String, _ reject: TransactionFile.Reject) throws {
        count += 1
        if count <= Self.told {
            StandardError.shared.error("\(file):\(reject.line): \(reject.reason)", from: FraudScore.name)
        }
        if isStrict { throw ExitCode.failure }
        guard let path else { return }
        if sink == nil {
            sink = try ScoreSink(path)
            try sink?.write(CSVText.line(["FILE", "LINE", "REASON", "TEXT"]))
        }
        try sink?.write([file, String(reject.line), reject.reason].map { CSVText.field($0) + "," }.joined())
        // The row's bytes as they are, whatever they are.
        let quote = UInt8(ascii: "\"")
        try sink?.write(
            [quote] + reject.text.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote, UInt8(ascii: "\n")])
    }

    /// Tells what became of a table; ends with status 1 where rows were left out.
    func end(_ outcome: TableScoring.Outcome) throws {
        try sink?.finish()
        func tell(_ text: String) { StandardError.shared.error(text, from: FraudScore.name) }
        if outcome.late > 0 {
            tell(
                outcome.late == 1
                    ? "1 row was earlier than one before it, and has the score of its time"
                    : "\(FigureText.count(outcome.late)) rows were earlier than one before them, and have the scores of their time"
            )
        }
        if outcome.merged > 0 {
            tell(
                "\(FigureText.count(outcome.merged)) payments count by the day only, since their key has more than \(FigureText.count(History.mostPayments))"
            )
        }
        guard count > 0 else { return }
        let kept = path.map { "; they are in \($0)" } ?? ""
        tell("\(FigureText.count(count)) \(count == 1 ? "row was" : "rows were") left out\(kept)")
        throw ExitCode.failure
    }
}
