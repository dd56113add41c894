import Charts
import Progress

/// The log of a run as a picture.
enum Curves {
    /// A panel for each figure: the training's and the validation's, where both have it.
    static func chart(_ records: [EpochRecord], title: String) -> LineChart {
        var training: [(name: String, values: [Double])] = [("loss", records.map(\.loss))]
        if records.contains(where: { $0.accuracy != nil }) {
            training.append(("accuracy", records.map { $0.accuracy ?? .nan }))
        }
        var names = training.map(\.name)
        for record in records {
            for figure in record.validation where !names.contains(figure.name) { names.append(figure.name) }
        }
        let panels = names.map { name in
            var series = training.filter { $0.name == name }.map { LineChart.Series("training", y: $0.values) }
            if records.contains(where: { $0.validation.contains { $0.name == name } }) {
                let values = records.map { record in record.validation.first { $0.name == name }?.value ?? .nan }
                series.append(LineChart.Series("validation", y: values))
            }
            return LineChart.Panel(caption: name, series: series)
        }
        return LineChart(title: title, xCaption: "epoch", panels: panels)
    }
}
