import Engine
import Foundation
import FraudDetection
import ModelFiles
import NeuralNetworks
import Pipelines
import Testing

/// Reasons against what they promise (the axioms of the paper): their parts add up, and what does not differ has none.
@Suite struct ExplainerTests {
    /// A small network on the sample, with a category, and rows of it.
    private static let sample:
        (model: FraudModel, rows: [(inputs: [Float], usual: [Float], transaction: Transaction)])? = {
            let root = #filePath.components(separatedBy: "/").dropLast(3).joined(separator: "/")
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fraud-\(UUID().uuidString)")
                .path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let data = root + "/sample-data/transactions.csv"
            guard
                let training = try? FraudTraining(recipe: root + "/pipelines/fraud-smoke.yaml", data: [data]),
                let run = try? training.run(output: folder + "/run", existing: .refuse).run,
                let model = try? FraudModel(contentsOf: run.modelPath), var scorer = try? Scorer(model, explains: true),
                var file = try? TransactionFile(data, model.metadata.columns)
            else { return nil }
            var rows: [(inputs: [Float], usual: [Float], transaction: Transaction)] = [], number = 0
            while let row = try? file.next() {
                guard case .transaction(let transaction) = row else { continue }
                var made = Scorer.Rows()
                scorer.take(transaction, into: &made)
                number += 1
                if transaction.label == .fraud || number % 100 == 0 {
                    rows.append((made.inputs, made.usual, transaction))
                }
            }
            return (model, rows)
        }()

    @Test("the parts add up to what the row's logit is above the usual one") func completeness() throws {
        let (model, rows) = try #require(Self.sample)
        let explainer = try Explainer(model)
        #expect(rows.count > 100)
        var worst: Float = 0, largest: Float = 0
        for row in rows {
            let logits = try model.logits(of: row.inputs + row.usual)
            let sum = try explainer.parts(of: row.inputs, usual: row.usual).reduce(Float(0)) { $0 + $1.logit }
            worst = max(worst, abs(sum - (logits[0] - logits[1])))
            largest = max(largest, abs(logits[0] - logits[1]))
        }
        // A sum of 64 points along a line that bends at each unit.
        #expect(largest > 5)
        #expect(worst < 0.02 * largest, "\(worst) of \(largest)")
    }

    @Test("where one feature differs, all of the difference is its own; where none does, there is none") func single()
        throws
    {
        let (model, rows) = try #require(Self.sample)
        let explainer = try Explainer(model)
        let numbers = model.metadata.encoder.fills.count
        for row in rows.prefix(40) {
            for column in 0..<row.inputs.count where row.inputs[column] != row.usual[column] {
                var changed = row.usual
                changed[column] = row.inputs[column]
                let logits = try model.logits(of: changed + row.usual)
                let parts = try explainer.parts(of: changed, usual: row.usual)
                for part in parts where part.feature != column { #expect(part.logit == 0) }
                let own = try #require(parts.first { $0.feature == column })
                let wanted = logits[0] - logits[1]
                #expect(
                    abs(own.logit - wanted) < 0.02 + 0.05 * abs(wanted),
                    "\(column) of \(numbers): \(own.logit), \(wanted)")
            }
            #expect(try explainer.parts(of: row.usual, usual: row.usual).allSatisfy { $0.logit == 0 })
        }
    }

    @Test("words for each feature, and what is usual for a card that is known") func words() throws {
        let (model, rows) = try #require(Self.sample)
        let writer = try ReasonWriter(model, most: 20)
        var seen: Set<String> = []
        for row in rows {
            for reason in try writer.reasons(for: row.transaction, row.inputs[...], usual: row.usual[...]) {
                seen.insert(reason.feature)
                #expect(
                    (reason.feature == "MERCHANT_KIND" || !reason.words.contains("_")) && !reason.value.isEmpty
                        && reason.logit > 0)
                if reason.feature == "MERCHANT_KIND" { #expect(reason.value == row.transaction.categories[0]) }
            }
        }
        #expect(seen.isSuperset(of: ["amount", "ratio", "terminal_risk_14d", "MERCHANT_KIND"]), "\(seen.sorted())")
    }
}
