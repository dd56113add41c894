import Engine
import Foundation
import FraudDetection
import ModelFiles
import Pipelines
import Progress
import Testing

/// Trainings on the sample and on small tables.
@Suite struct TrainingTests {
    private static let root = String(
        #filePath.prefix(upTo: #filePath.range(of: "/Tests/")?.lowerBound ?? #filePath.endIndex))
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("fraud-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = folder + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test("the smoke recipe learns from the sample, and its model scores as it did") func smoke() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let sample = Self.root + "/sample-data/transactions.csv"
        let training = try FraudTraining(recipe: Self.root + "/pipelines/fraud-smoke.yaml", data: [sample])
        let (run, outcome) = try training.run(output: folder + "/run", existing: .refuse)
        func figure(_ name: String) throws -> Double {
            try #require(outcome.kept.validation.first { $0.name == name }).value
        }
        let precision = try figure("average_precision")
        // 1.4 % are frauds.
        #expect(precision > 0.12)
        #expect(try figure("roc_auc") > 0.9)
        let model = try FraudModel(contentsOf: run.modelPath)
        let table = try FeatureTable([sample], model.metadata.columns, model.metadata.history)
        let recipe = try Recipe.read(run.recipePath, as: FraudRecipe.self).content
        let evaluation = try FraudEvaluation(
            of: model, on: table, in: recipe.split.validation?.range, budget: 5)
        #expect(abs(try #require(evaluation.figures.averagePrecision) - precision) < 1e-6)
        #expect(try #require(evaluation.calibrationError) < 0.05)
        #expect(evaluation.weeks.count >= 2)
    }

    @Test("numbers that are missing, texts and no time: a table of another kind") func plainTable() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var lines = ["name,size,colour,bad"]
        for row in 0..<2_000 {
            let size = (row * 7_919) % 100, colour = ["red", "green", "blue"][row % 3]
            // Bad are large red ones, and those of no size.
            let isMissing = row % 17 == 0
            let isBad = isMissing || (size > 60 && colour == "red")
            lines.append("r\(row),\(isMissing ? "" : "\(size)"),\(colour),\(isBad ? 1 : 0)")
        }
        let table = try write(lines.joined(separator: "\n") + "\n", "table.csv")
        let recipe = try write(
            """
            columns: {id: name, numbers: [size], categories: [colour], label: bad}
            split: {validation_share: 0.2}
            network: {quantiles: 8, units: [16], dropout: 0}
            training: {epochs: 30, batch_size: 64, schedule: {name: cosine, peak: 1e-2}, seed: 3}
            """, "recipe.yaml")
        let (run, outcome) = try FraudTraining(recipe: recipe, data: [table])
            .run(output: folder + "/run", existing: .refuse)
        #expect(try #require(outcome.kept.validation.first { $0.name == "roc_auc" }).value > 0.99)
        let encoder = try FraudModel(contentsOf: run.modelPath).metadata.encoder
        #expect(encoder.indicated == [0])
        #expect(encoder.levels[0].known == ["red", "blue", "green"] || encoder.levels[0].known.count == 3)
        #expect(encoder.width == 3)
    }

    @Test("folds are judged by what was learned from the others, each with as many frauds") func crossValidation()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var lines = ["size,bad"]
        for row in 0..<600 { lines.append("\((row * 7_919) % 100),\((row * 7_919) % 100 > 89 ? 1 : 0)") }
        let table = try write(lines.joined(separator: "\n") + "\n", "table.csv")
        let recipe = try Recipe<FraudRecipe>(
            """
            columns: {numbers: [size], label: bad}
            network: {quantiles: 8, units: [8], dropout: 0}
            training: {epochs: 20, batch_size: 32, schedule: {name: cosine, peak: 2e-2}}
            """, path: "recipe.yaml"
        ).content
        let validation = try CrossValidation(recipe, data: [table], folds: 4, threads: 1)
        #expect(validation.folds.map(\.rows) == [150, 150, 150, 150])
        #expect(validation.folds.map(\.figures.frauds).allSatisfy { $0 == 15 })
        let area = try #require(validation.mean(\.rocAUC))
        #expect(area.mean > 0.99 && area.error < 0.01)
        #expect(throws: (any Error).self) { try CrossValidation(recipe, data: [table], folds: 70, threads: 1) }
    }

    @Test(
        "recipes that cannot be",
        arguments: [
            ("features: [card_count_7d, crad_count_7d]", "there is no feature 'crad_count_7d'"),
            ("features: [card_count]", "there is no feature 'card_count'"),
            ("features: [card_count_0d]", "there is no feature 'card_count_0d'"),
            ("features: [amount, amount]", "'amount' stands there twice"),
            ("features: [ratio]", "'ratio' needs a habit"),
            ("features: [amount]\n  habit: {key: crad}", "the habit's key is 'crad'"),
        ])
    func faults(_ history: String, _ fault: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = """
            columns: {time: t, amount: a, keys: {card: c}, label: l}
            history:
              \(history)
            """
        do {
            _ = try Recipe<FraudRecipe>(text, path: "r.yaml")
            Issue.record("it was taken")
        } catch { #expect("\(error)".contains(fault), "\(error)") }
    }

    @Test("levels have their vectors, the others share some") func levels() throws {
        let levels = CategoryLevels(of: ["b", "a", "b", "c", "a", "b"], most: 2, hashed: 3)
        #expect(levels.known == ["b", "a"])
        #expect(levels.place(of: "b") == 0 && levels.place(of: "a") == 1)
        #expect((2..<5).contains(levels.place(of: "c")) && levels.place(of: "c") == levels.place(of: "c"))
        let decoded = try JSONDecoder().decode(CategoryLevels.self, from: JSONEncoder().encode(levels))
        #expect(decoded == levels && decoded.place(of: "a") == 1)
    }
}
