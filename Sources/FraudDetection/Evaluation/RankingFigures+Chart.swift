internal import Charts

extension RankingFigures {
    /// Points of a curve at most: more cannot be told apart.
    private static let mostPoints = 1_000

    /// Writes the precision–recall curve and the ROC curve as a picture, PNG.
    ///
    /// - Throws: `ChartError` where the file cannot be written.
    package func write(picture path: String, title: String) throws {
        let every = max(steps.count / Self.mostPoints, 1)
        let points = steps.indices.filter { $0 % every == 0 || $0 == steps.count - 1 }.map { steps[$0] }
        let recall = points.map { Double($0.frauds) / Double(max(frauds, 1)) }
        let falsePositives = points.map { Double($0.genuine) / Double(max(genuine, 1)) }
        let chart = LineChart(
            title: title, xCaption: "recall (above), share of genuine payments (below)",
            panels: [
                .init(
                    caption: "precision by recall",
                    series: [.init("precision", x: recall, y: points.map(\.precision))]),
                .init(
                    caption: "recall by share of genuine payments",
                    series: [.init("recall", x: [0] + falsePositives, y: [0] + recall)]),
            ])
        try chart.write(toPNG: path)
    }
}
