extension Results {
    /// Writes what a training gave: the model's path, the epoch that was kept, and its figures.
    package func trained(
        model path: String, epoch: Int, figures: [(name: String, value: Double)], seconds: Double
    ) {
        answer(
            ([path, "epoch \(epoch)"] + figures.map { "\($0.name) \(FigureText.significant($0.value))" })
                .joined(separator: "\t"),
            json: [
                "model": .string(path), "epoch": .integer(epoch),
                "validation": .object(figures.map { .init($0.name, .number($0.value)) }),
                "seconds": .number(seconds),
            ])
    }
}
