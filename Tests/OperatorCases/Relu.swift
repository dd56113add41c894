import Engine

extension OperatorCases {
    static let relu: [OperatorCase] = [
        row("33 elements", .random([33], 1)), row("image", .random([2, 3, 4, 5], 2)), row("scalar", .random([], 3)),
        row("empty", .random([0, 3], 4)), row("large", .random([50, 1001], 5)),
        row(
            "NaN, infinities and zeros",
            .floats([.nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude], [7])),
    ]

    private static func row(_ note: String, _ x: OperatorCase.Input) -> OperatorCase {
        OperatorCase(Operators.Relu(), note, [x], tolerance: .exact) { inputs in
            [given(inputs, 0).map { $0 < 0 ? 0 : $0 }]
        }
    }
}
