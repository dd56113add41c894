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
    init(beside output: String? = nil, isStrict: Bool = false) {
        path = output.flatMap { $0 == "-" ? nil : $0 + ".rejects.csv" }
        self.isStrict = isStrict
    }

    func take(file: String, _ reject: TransactionFile.Reject) throws {
        count += 1
        if count <= Self.told {
            tell("\(file):\(reject.line): \(reject.reason)")
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
        try end()
    }

    /// Tells how many rows were left out; ends with status 1 where there were any, or other faults were told.
    func end(others: Int = 0) throws {
        try sink?.finish()
        if count > 0 {
            let kept = path.map { "; \(count == 1 ? "it is" : "they are") in \($0)" } ?? ""
            tell("\(FigureText.count(count)) \(count == 1 ? "row was" : "rows were") left out\(kept)")
        }
        if count + others > 0 { throw ExitCode.failure }
    }

    private func tell(_ text: String) { StandardError.shared.error(text, from: FraudScore.name) }
}
