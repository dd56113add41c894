import Engine

extension OperatorCases {
    static let softmaxCrossEntropy: [OperatorCase] = [
        row("five rows", rows: 5, classes: 7, smoothing: 0), row("smoothing 0.1", rows: 5, classes: 7, smoothing: 0.1),
        row("one row", rows: 1, classes: 2, smoothing: 0), row("one class", rows: 3, classes: 1, smoothing: 0.2),
        row("33 classes", rows: 40, classes: 33, smoothing: 0.3),
        row("several tasks", rows: 300, classes: 100, smoothing: 0),
        row("every third without a class", rows: 50, classes: 7, smoothing: 0.1, without: 3),
        row("none with a class", rows: 4, classes: 7, smoothing: 0, without: 1),
    ]

    private static func row(_ note: String, rows: Int, classes: Int, smoothing: Float, without: Int = .max)
        -> OperatorCase
    {
        let targets = (0..<rows).map { ($0 + 1) % without == 0 ? -1 : Int64(uniform(17, UInt64($0)) * Float(classes)) }
        return OperatorCase(
            Operators.SoftmaxCrossEntropy(smoothing: smoothing), note,
            [
                .random([rows, classes], 21, in: -3...3),
                OperatorCase.Input(tensor: Tensor(targets, shape: [rows])),
            ], tolerance: OperatorCase.Tolerance(1e-6, "exp and log in float32")
        ) { inputs in
            let logits: Numbers<Double> = given(inputs, 0)
            let share = Double(smoothing)
            var total = 0.0
            let counted = (0..<rows).filter { given(inputs, 1).values[$0] >= 0 }
            for row in counted {
                let values = logits.values[row * classes..<(row + 1) * classes]
                let greatest = values.max() ?? 0
                let logSum = greatest + logarithm(values.map { exponential($0 - greatest) }.reduce(0, +))
                for (place, value) in values.enumerated() {
                    let wanted = (place == Int(given(inputs, 1).values[row]) ? 1 - share : 0) + share / Double(classes)
                    total -= wanted * (value - logSum)
                }
            }
            return [Numbers([], [total / Double(max(counted.count, 1))])]
        }
    }
}
