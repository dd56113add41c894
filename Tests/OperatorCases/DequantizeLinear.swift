import Engine

extension OperatorCases {
    static let dequantizeLinear: [OperatorCase] = [
        row("one scale", [3, 5], scales: [], axis: 1), row("a scale for each column", [3, 5], scales: [5], axis: 1),
        row("a scale for each row, from the end", [3, 5], scales: [3], axis: -2),
        row("an axis in the middle", [2, 4, 33], scales: [4], axis: 1),
        row("with zeros", [4, 6], scales: [4], axis: 0, zeros: [3, -128, 127, 0]),
        row("with one zero", [4, 6], scales: [], axis: 1, zeros: [-7]),
        row("bytes", [4, 6], scales: [6], axis: 1, zeros: [0, 255, 128, 1, 2, 3], type: .u8),
        row("i32", [2, 3], scales: [3], axis: 1, type: .i32), row("several tasks", [300, 200], scales: [300], axis: 0),
        row("nothing", [0, 5], scales: [5], axis: 1),
    ]

    private static func row(
        _ note: String, _ shape: Shape, scales: Shape, axis: Int, zeros: [Int]? = nil, type: ElementType = .i8
    ) -> OperatorCase {
        func integers(_ values: [Int], _ shape: Shape) -> OperatorCase.Input {
            let bytes = values.flatMap { value in
                (0..<type.byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            }
            guard let tensor = try? Tensor(bytes: bytes, TensorType(type, shape)) else {
                preconditionFailure("\(values.count) integers for \(shape)")
            }
            return OperatorCase.Input(tensor: tensor)
        }
        let lowest = type == .i8 ? -128 : 0
        let numbers = (0..<shape.elementCount).map { lowest + $0 * 37 % 256 }
        return OperatorCase(
            Operators.DequantizeLinear(axis: axis), note,
            [
                integers(numbers, shape), .random(scales, 81, in: 0.01...0.5, hasGradient: false),
                zeros.map { integers($0, scales) },
            ], tolerance: .exact
        ) { inputs in
            let x = given(inputs, 0), scale = given(inputs, 1), zero = optional(inputs, 2)
            let axis = axis < 0 ? axis + x.shape.rank : axis
            let inner = x.shape.dropFirst(axis + 1).reduce(1, *)
            let values = x.values.enumerated().map { place, value in
                let index = scale.values.count == 1 ? 0 : place / inner % scale.values.count
                return (value - (zero?.values[index] ?? 0)) * scale.values[index]
            }
            return [Numbers(x.shape, values)]
        }
    }
}
