import Charts
import Testing

/// Charts as the programs draw them, and such as nobody should draw.
struct Sample: CustomTestStringConvertible, Sendable {
    var name: String
    var chart: any Chart & Sendable

    var testDescription: String { name }

    static let ordinary = [
        Sample(name: "curves", chart: curves(epochs: 30)),
        Sample(name: "curves-long", chart: curves(epochs: 5_000)),
        Sample(name: "matrix-3", chart: matrix(classes: ["legitimate", "fraud", "unsure"])),
        Sample(name: "matrix-12", chart: matrix(classes: words(12))),
        Sample(name: "matrix-36", chart: matrix(classes: words(36))),
        Sample(name: "matrix-120", chart: matrix(classes: words(120))),
        Sample(
            name: "bars",
            chart: BarChart(
                title: "Inference, one thread", caption: "times as fast as the rival; above 1 is faster",
                groups: ["face embedding 112×112", "keyword spotter", "fraud stream", "character model"],
                series: [
                    .init("batch 1", values: [1.87, 3.2, 5.04, 0.93]),
                    .init("batch 32", values: [1.1, 1.42, 2.5, .nan]),
                ])),
    ]

    static let degenerate = [
        Sample(name: "no panels", chart: LineChart(title: "", xCaption: "", panels: [])),
        line("no series", []),
        line("an empty series", [.init("loss", y: [])]),
        line("only NaN", [.init("loss", y: [.nan, .nan, .infinity])]),
        line("a single point", [.init("loss", y: [0.5])]),
        line("gaps", [.init("loss", y: [1, .nan, 3, 2, .infinity, 5])]),
        line("a constant", [.init("loss", y: [7, 7, 7])]),
        line("huge numbers", [.init("loss", y: [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude])]),
        line("tiny numbers", [.init("loss", y: [.leastNonzeroMagnitude, .leastNormalMagnitude])]),
        line("close numbers", [.init("loss", y: [1e15, 1e15 + 1])]),
        line("not positive on a logarithmic axis", [.init("loss", y: [-1, 0, 0])], logarithmic: true),
        line(
            "everything on a logarithmic axis", [.init("a", y: [.leastNonzeroMagnitude, 1e308, 0, .nan])],
            logarithmic: true),
        line("x and y of different length", [.init("loss", x: [1, 2, 3], y: [1])]),
        line("x that is not finite", [.init("loss", x: [.nan, 2, .infinity], y: [1, 2, 3])]),
        line("nine series with long names", (0..<9).map { .init(longName + "\($0)", y: [Double($0), 2, 3]) }),
        Sample(name: "long-names", chart: matrix(classes: [longName, "b", longName + longName])),
        Sample(name: "a matrix of size 0", chart: MatrixChart(title: longName, labels: [], counts: [])),
        Sample(
            name: "a ragged matrix",
            chart: MatrixChart(title: "", labels: ["a", "b"], counts: [[.max, .max, 3], [-4]])),
        Sample(name: "no bars", chart: BarChart(title: "", caption: "", groups: [], series: [])),
        Sample(
            name: "bars-odd",
            chart: BarChart(
                title: longName, caption: longName, groups: [longName, ""],
                series: [.init("a", values: [-3, 1e300]), .init(longName, values: [])], decimals: -3)),
        Sample(
            name: "bars-negative",
            chart: BarChart(
                title: "Change", caption: "percent", groups: ["a", "b"], series: [.init("a", values: [-3.5, 12])],
                reference: nil, unit: " %", decimals: 1)),
    ]

    private static let longName = String(repeating: "a label that is much too long ", count: 40)

    private static func line(_ name: String, _ series: [LineChart.Series], logarithmic: Bool = false) -> Sample {
        let panel = LineChart.Panel(caption: name, series: series, logarithmic: logarithmic)
        return Sample(name: name, chart: LineChart(title: name, xCaption: "epoch", panels: [panel]))
    }

    private static func words(_ count: Int) -> [String] {
        let known = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go", "silence", "unknown"]
        return (0..<count).map { $0 < 12 ? known[$0] : known[$0 % 12] + " \($0 / 12)" }
    }

    private static func curves(epochs: Int) -> LineChart {
        let decay: [Double] = (1...epochs).map { 2.3 / (1 + 40 * Double($0) / Double(epochs)) }
        let noise: [Double] = (1...epochs).map { epoch in 1 + 0.006 * Double(epoch * 7919 % 101 - 50) }
        let accuracy = decay.map { 1 - $0 / 2.6 }
        return LineChart(
            title: "keywords-12", xCaption: "epoch",
            panels: [
                .init(
                    caption: "loss",
                    series: [
                        .init("steps", y: zip(decay, noise).map(*), isFaint: true), .init("training", y: decay),
                        .init("validation", y: decay.map { $0 + 0.1 }),
                    ], logarithmic: true),
                .init(
                    caption: "accuracy",
                    series: [.init("training", y: accuracy), .init("validation", y: accuracy.map { $0 * 0.97 })]),
            ])
    }

    private static func matrix(classes: [String]) -> MatrixChart {
        let counts = classes.indices.map { row in
            classes.indices.map { column in
                row == column ? 300 + row * 31 % 150 : (row * 13 + column * 7) % 11 == 0 ? (row * 5 + column) % 40 : 0
            }
        }
        return MatrixChart(title: "keywords", labels: classes, counts: counts)
    }
}
