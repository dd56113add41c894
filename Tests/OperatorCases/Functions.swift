import Engine

extension OperatorCases {
    static let functions: [OperatorCase] = exponentials + activations + bounded + linearUnits + whole + small + integers

    private static let exponentials: [OperatorCase] = [
        rows(Operators.Exp(), by: exponential), rows(Operators.Log(), in: 0.1...4, by: logarithm),
        rows(Operators.Sqrt(), in: 0.1...4) { $0.squareRoot() }, rows(Operators.Erf(), by: errorFunction),
        rows(Operators.Abs()) { abs($0) }, rows(Operators.Neg()) { -$0 },
    ].flatMap { $0 }

    private static let activations: [OperatorCase] = [
        rows(Operators.Sigmoid(), by: sigmoid), rows(Operators.Tanh(), by: hyperbolicTangent),
        rows(Operators.Softplus()) { x in
            x.isNaN ? .nan : max(x, 0) + logarithmOfOneMore(exponential(-abs(x)))
        },
        rows(Operators.Gelu(), hasInfinity: false) { x in x / 2 * (1 + errorFunction(x * 0.5.squareRoot())) },
        rows(Operators.Gelu(isApproximate: true), "by tanh", hasInfinity: false) { x in
            x / 2 * (1 + hyperbolicTangent((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        },
    ].flatMap { $0 }

    private static let bounded: [OperatorCase] = [
        rows(Operators.HardSwish(), hasInfinity: false) { x in x * within(x / 6 + 0.5, 0, 1) },
        rows(Operators.HardSigmoid()) { x in within(Double(Float(0.2)) * x + 0.5, 0, 1) },
        rows(Operators.HardSigmoid(alpha: 0.5, beta: 0.25), "of 0.5 and 0.25") { x in within(0.5 * x + 0.25, 0, 1) },
    ].flatMap { $0 }

    private static let linearUnits: [OperatorCase] = [
        rows(Operators.LeakyRelu()) { x in x < 0 ? Double(Float(0.01)) * x : x },
        rows(Operators.LeakyRelu(alpha: 2), "of 2") { x in x < 0 ? 2 * x : x },
        rows(Operators.Elu()) { x in x < 0 ? exponentialLessOne(x) : x },
        rows(Operators.Elu(alpha: 0.5), "of 0.5") { x in x < 0 ? 0.5 * exponentialLessOne(x) : x },
    ].flatMap { $0 }

    /// Functions with steps, whose gradient is checked between them only.
    private static let whole: [OperatorCase] =
        steps(Operators.Floor()) { $0.rounded(.down) } + steps(Operators.Ceil()) { $0.rounded(.up) }

    private static func steps(
        _ operation: any Operator, _ function: @escaping @Sendable (Double) -> Double
    ) -> [OperatorCase] {
        let special: [Float] = [.nan, 0, -0.0, 1, -1.5, 2.5, 0x1p31 + 512, .infinity, -.infinity]
        return [
            .floats(special, [9]), .random([2, 50], 1, in: -9...9).plain, .random([20], 2, in: 0.1...0.9),
        ].map { (x: OperatorCase.Input) in
            OperatorCase(operation, "\(x.tensor.type)", [x], tolerance: .exact) { [given($0, 0).map(function)] }
        }
    }

    @Sendable static func sigmoid(_ x: Double) -> Double {
        x < 0 ? exponential(x) / (1 + exponential(x)) : 1 / (1 + exponential(-x))
    }

    /// x within the bounds; NaN stays.
    static func within(_ x: Double, _ lowest: Double, _ highest: Double) -> Double {
        x < lowest ? lowest : x > highest ? highest : x
    }

    private static let accuracy = OperatorCase.Tolerance(6e-7, "polynomials good for some units in the last place")

    private static func row(
        _ operation: any Operator, _ note: String, _ x: OperatorCase.Input,
        by function: @escaping @Sendable (Double) -> Double
    ) -> OperatorCase {
        OperatorCase(operation, note, [x], tolerance: accuracy) { inputs in [given(inputs, 0).map(function)] }
    }

    private static func rows(
        _ operation: any Operator, _ note: String = "", in range: ClosedRange<Float> = -4...4, hasInfinity: Bool = true,
        by function: @escaping @Sendable (Double) -> Double
    ) -> [OperatorCase] {
        let prefix = note.isEmpty ? "" : note + ", "
        // 0 · ∞ is NaN in the kernels, and the limit in no oracle.
        let special: [Float] = [.nan, 0, -0.0, 1, -1, 3, -3, 9, -9] + (hasInfinity ? [.infinity, -.infinity] : [])
        return [
            row(operation, prefix + "33 elements", .random([33], 1, in: range), by: function),
            row(operation, prefix + "image", .random([2, 3, 4, 5], 2, in: range), by: function),
            row(operation, prefix + "scalar", .random([], 3, in: range), by: function),
            row(operation, prefix + "empty", .random([0, 3], 4, in: range), by: function),
            row(operation, prefix + "large", .random([50, 1001], 5, in: range), by: function),
            row(operation, prefix + "special numbers", .floats(special, [special.count]), by: function),
        ]
    }

    /// Near 0 the value is small, and as exact against its own size.
    private static let small: [OperatorCase] = [
        row(Operators.Erf(), "near 0", .random([40], 8, in: -1e-4...1e-4), by: errorFunction),
        row(Operators.Tanh(), "near 0", .random([40], 8, in: -1e-4...1e-4), by: hyperbolicTangent),
        row(Operators.Elu(), "near 0", .random([40], 8, in: -1e-4...0), by: exponentialLessOne),
        row(Operators.Softplus(), "far below 0", .random([40], 8, in: -20...(-18))) {
            logarithmOfOneMore(exponential($0))
        },
        row(Operators.Sigmoid(), "far below 0", .random([40], 8, in: -80...(-78)), by: sigmoid),
        row(Operators.Exp(), "far below 0", .random([40], 8, in: -86...(-84)), by: exponential),
    ]

    private static let integers: [OperatorCase] =
        integers(Operators.Abs()) { abs($0) } + integers(Operators.Neg()) { -$0 }

    private static func integers(
        _ operation: any Operator, _ function: @escaping @Sendable (Double) -> Double
    ) -> [OperatorCase] {
        [
            Tensor([3, -4, 0, -(1 << 40)] as [Int64], shape: [4]),
            Tensor([3, -4, 0, -(1 << 20)] as [Int32], shape: [2, 2]),
        ].map { x in
            OperatorCase(operation, "\(x.elementType)", [.init(tensor: x)], tolerance: .exact) { inputs in
                [given(inputs, 0).map(function)]
            }
        }
    }
}
