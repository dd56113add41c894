package import Engine

/// A tensor of an oracle: its scalar is double where finite differences are taken.
package struct Numbers<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
    package var shape: Shape
    package var values: [Scalar]

    package init(_ shape: Shape, _ values: [Scalar]) {
        precondition(shape.elementCount == values.count, "\(values.count) values for shape \(shape)")
        self.shape = shape
        self.values = values
    }

    package init(_ tensor: Tensor) {
        self.init(tensor.shape, tensor.integers?.map { Scalar($0) } ?? tensor.floats.map { Scalar($0) })
    }

    /// Zeros.
    package init(_ shape: Shape) { self.init(shape, Array(repeating: 0, count: shape.elementCount)) }

    /// The element at an index.
    package subscript(index: [Int]) -> Scalar {
        get { values[place(index)] }
        set { values[place(index)] = newValue }
    }

    private func place(_ index: [Int]) -> Int {
        var place = 0
        for (axis, position) in index.enumerated() { place = place * shape[axis] + position }
        return place
    }

    /// The element that an index of a shape means which this one broadcasts to.
    package func broadcast(at index: [Int]) -> Scalar {
        let own = index.suffix(shape.rank)
        return self[zip(own, shape).map { $1 == 1 ? 0 : $0 }]
    }

    package func map(_ body: (Scalar) -> Scalar) -> Numbers { Numbers(shape, values.map(body)) }
}

extension Shape {
    /// All indices in row-major order.
    package var allIndices: [[Int]] {
        var all: [[Int]] = [[]]
        for size in self { all = all.flatMap { index in (0..<size).map { index + [$0] } } }
        return all
    }
}

/// An input that a row has for sure.
func given<Scalar>(_ inputs: [Numbers<Scalar>?], _ index: Int) -> Numbers<Scalar> {
    guard let value = inputs[index] else { preconditionFailure("input \(index) is left out") }
    return value
}

/// An input that a row may leave out.
func optional<Scalar>(_ inputs: [Numbers<Scalar>?], _ index: Int) -> Numbers<Scalar>? {
    inputs.indices.contains(index) ? inputs[index] : nil
}
