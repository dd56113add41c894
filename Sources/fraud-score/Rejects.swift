import ArgumentParser
import FraudDetection
import Terminal

/// Tells of rows that are left out: the first ones each, all of them in number at the end.
final class Rejects {
    private static let most = 10
    private var count = 0

    func tell(file: String, _ reject: TransactionFile.Reject) {
        count += 1
        guard count <= Self.most else { return }
        StandardError.shared.error("\(file):\(reject.line): \(reject.reason)", from: FraudScore.name)
    }

    /// Ends with status 1 where there were any.
    ///
    /// - Parameter others: what was told otherwise.
    func end(others: Int = 0) throws {
        guard count > 0 else {
            if others > 0 { throw ExitCode.failure }
            return
        }
        StandardError.shared.error(
            "\(FigureText.count(count)) \(count == 1 ? "row was" : "rows were") left out", from: FraudScore.name)
        throw ExitCode.failure
    }
}
