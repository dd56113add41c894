internal import Engine
internal import Glibc
internal import NeuralNetworks
internal import Pipelines
internal import Tables

/// What some rows of a table teach a network: how its columns are coded, the examples of an epoch, and the model that comes of them.
struct FraudLearner {
    let encoder: FeatureEncoder
    let dataset: FraudDataset
    private let recipe: FraudRecipe
    private let table: FeatureTable
    private let edges: [[Float]]

    /// - Parameter rows: what is learned from.
    init(_ recipe: FraudRecipe, _ table: FeatureTable, rows: [Int]) {
        self.recipe = recipe
        self.table = table
        encoder = FeatureEncoder(table, rows: rows, network: recipe.network)
        edges = encoder.edges(table, rows: rows, network: recipe.network)
        dataset = FraudDataset(
            inputs: Tensor(table.inputs(rows, encoder), shape: [rows.count, encoder.width]),
            isFraud: rows.map { table.labels[$0] == .fraud }, genuineShare: recipe.split.genuineShare)
    }

    /// A training of the recipe's network.
    func training(seed: UInt64? = nil, threads: Int) throws -> Training {
        var training = recipe.training
        training.seed = seed ?? training.seed
        return try training.training(
            recipe.network.layers(edges: edges, levels: encoder.levels.map(\.count)), input: [encoder.width],
            examples: dataset.count,
            loss: .binaryCrossEntropy(positiveWeight: recipe.positiveWeight, focusing: recipe.focusing),
            threads: threads)
    }

    /// The network as it is by now, as a model.
    ///
    /// - Parameters:
    ///   - calibration: the rows that make its scores probabilities; none for what follows from the share of genuine rows.
    ///   - entries: what its file says besides.
    func model(
        _ training: borrowing Training, calibration rows: [Int] = [], entries: [String: String] = [:]
    ) throws -> FraudModel {
        var metadata = FraudMetadata(columns: recipe.columns, history: recipe.history, encoder: encoder)
        metadata.name = recipe.name
        // Of genuine rows an epoch has a share only, so that frauds seem to be more frequent than they are.
        metadata.calibration.offset = log(recipe.split.genuineShare)
        var graph = try training.graph(
            metadata: metadata.entries.merging(entries) { _, new in new }, outputName: "logit")
        let options = Model.Options(threads: training.options.threads)
        let model = try FraudModel(graph, file: recipe.name, options: options)
        if rows.isEmpty { return model }
        let logits = try model.logits(of: table, rows: rows)
        metadata.calibration = Calibration(logits: logits, isFraud: rows.map { table.labels[$0] == .fraud })
        if !table.cards.isEmpty {
            metadata.budget = AlertBudget(
                zip(rows, logits).lazy.map { row, logit in
                    (
                        Timestamp(microseconds: table.times[row]).dayNumber, table.cards[row],
                        metadata.calibration.probability(ofLogit: logit)
                    )
                })
        }
        graph.metadata.merge(metadata.entries) { _, new in new }
        return try FraudModel(graph, file: recipe.name, options: options)
    }

    /// How well the network ranks other rows by now.
    func figures(_ training: borrowing Training, rows: [Int]) throws -> RankingFigures {
        RankingFigures(
            scores: try model(training).logits(of: table, rows: rows),
            isFraud: rows.map { table.labels[$0] == .fraud })
    }
}
