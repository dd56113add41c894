import CommandRuns
import Foundation
import FraudDetection
import Pipelines

extension Place {
    /// Runs the command with these arguments to its end.
    func run(_ arguments: [String], input: [UInt8] = [], shell: String = Child.plain) throws -> Child.Result {
        try Child(self, arguments, input: input, shell: shell).result()
    }
}

/// A model of the smoke recipe, trained once for all tests.
enum SmokeModel {
    static let sample = Place.project + "/sample-data/transactions.csv"
    static let path = result.path
    private static let place = try? Place(running: "fraud-score")
    private static let result: (path: String, fault: String) = {
        do {
            let folder = (place?.path ?? "") + "/run"
            let training = try FraudTraining(recipe: Place.project + "/pipelines/fraud-smoke.yaml", data: [sample])
            return (try training.run(output: folder, existing: .refuse).run.modelPath, "")
        } catch { return ("no model: \(error)", "\(error)") }
    }()

    /// The rows of the sample, and its header.
    static func rows() throws -> (header: String, rows: [String]) {
        let lines = try String(contentsOfFile: sample, encoding: .utf8).split(separator: "\n").map(String.init)
        return (lines[0], Array(lines[1...]))
    }

    /// A row as a line of a live stream, without its label.
    static func line(_ row: String) -> String {
        let f = row.split(separator: ",", omittingEmptySubsequences: false)
        return """
            {"TRANSACTION_ID":"\(f[0])","TX_DATETIME":"\(f[1])","CUSTOMER_ID":"\(f[2])","TERMINAL_ID":"\(f[3])",\
            "MERCHANT_KIND":"\(f[4])","TX_AMOUNT":\(f[5])}
            """
    }
}
