import Engine

extension OperatorCases {
    static let gather: [OperatorCase] = [
        row("words of an embedding", [9, 5], [2, 3], axis: 0), row("a number", [9, 5], [], axis: 0),
        row("the last axis", [3, 4, 7], [5], axis: -1), row("an axis in the middle", [3, 6, 4], [2, 2], axis: 1),
        row("no number", [4, 3], [0], axis: 0), row("many of each", [7, 33], [400], axis: 0),
        row("several tasks", [100, 64], [30, 40], axis: 0), row("numbers without gaps", [5], [8], axis: 0),
        row("nothing to take from", [0, 3], [2], axis: 0), row("empty slices", [4, 0], [3], axis: 0),
        OperatorCase(
            Operators.Gather(), "i32, from the end, and out of range",
            [
                .random([3, 2], 61),
                OperatorCase.Input(tensor: Tensor([-1, 2, -3, 3, -4, .max, .min] as [Int32], shape: [7])),
            ], tolerance: .exact, oracle: slices(0)),
        OperatorCase(
            Operators.Gather(axis: 1), "i64, from the end, and out of range",
            [
                .random([2, 3], 61),
                OperatorCase.Input(tensor: Tensor([-1, 2, -3, 3, -4, 1 << 60, -1 << 60] as [Int64], shape: [7])),
            ], tolerance: .exact, oracle: slices(1)),
        OperatorCase(
            Operators.Gather(), "of integers",
            [
                OperatorCase.Input(tensor: Tensor([5, -6, 1 << 40] as [Int64], shape: [3])),
                OperatorCase.Input(tensor: Tensor([2, 0, -2] as [Int64], shape: [3])),
            ], tolerance: .exact, oracle: slices(0)),
    ]

    /// Slices along an axis; zeros where a number is out of range.
    private static func slices(_ axis: Int) -> @Sendable ([Numbers<Double>?]) -> [Numbers<Double>] {
        { inputs in
            let x = given(inputs, 0), numbers = given(inputs, 1)
            let inner = x.shape.dropFirst(axis + 1).reduce(1, *), count = x.shape[axis]
            var values: [Double] = []
            for outer in 0..<x.shape.prefix(axis).reduce(1, *) {
                for number in numbers.values {
                    let row = number < 0 ? number + Double(count) : number
                    for place in 0..<inner {
                        let isInside = row >= 0 && row < Double(count)
                        values.append(isInside ? x.values[(outer * count + Int(row)) * inner + place] : 0)
                    }
                }
            }
            let shape = Array(x.shape.prefix(axis)) + Array(numbers.shape) + Array(x.shape.dropFirst(axis + 1))
            return [Numbers(Shape(shape), values)]
        }
    }

    private static func row(_ note: String, _ shape: Shape, _ numbers: Shape, axis: Int) -> OperatorCase {
        let resolved = axis < 0 ? axis + shape.rank : axis
        let drawn = (0..<numbers.elementCount).map { Int64(uniform(62, UInt64($0)) * Float(shape[resolved])) }
        return OperatorCase(
            Operators.Gather(axis: axis), note,
            [.random(shape, 61), OperatorCase.Input(tensor: Tensor(drawn, shape: numbers))], tolerance: .exact,
            oracle: slices(resolved))
    }
}
