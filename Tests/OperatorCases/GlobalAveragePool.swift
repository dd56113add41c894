import Engine

extension OperatorCases {
    static let globalAveragePool: [OperatorCase] = [
        ("three images", [3, 4, 5, 6]), ("one pixel", [1, 17, 1, 1]), ("33 channels", [2, 33, 9, 7]),
        ("no image", [0, 3, 4, 4]),
        ("no channel", [2, 0, 4, 4]), ("no pixel", [2, 3, 0, 4]), ("large", [2, 16, 40, 50]),
    ].map { (note: String, shape: Shape) in
        OperatorCase(
            Operators.GlobalAveragePool(), note, [.random(shape, 6)],
            tolerance: OperatorCase.Tolerance(1e-6, "float32 over 16 rows, these in double")
        ) { inputs in
            let x: Numbers<Double> = given(inputs, 0)
            let pixels = x.shape[2] * x.shape[3]
            return [
                Numbers(
                    [x.shape[0], x.shape[1], 1, 1],
                    (0..<x.shape[0] * x.shape[1]).map { channel in
                        x.values[channel * pixels..<(channel + 1) * pixels].reduce(0, +) / Double(pixels)
                    })
            ]
        }
    }
}
