public import Engine

/// How far two tensors are from each other.
public struct TensorDifference: Sendable {
    /// The largest difference of a kind, and where it is.
    public struct Largest: Sendable {
        /// Infinite where one number is none (NaN), or only one is infinite.
        public let difference: Double
        /// Along each dimension.
        public let index: [Int]
        /// What the tensors have there.
        public let values: (Double, Double)
    }

    /// |a - b|; nil where the tensors have the same numbers.
    public let absolute: Largest?
    /// |a - b| / max(|a|, |b|); nil where the tensors have the same numbers.
    public let relative: Largest?

    /// Compares tensors of one shape; integers exactly, all else as floats. Two NaN are the same.
    ///
    /// - Throws: `ComparisonError` where the shapes differ.
    public init(_ left: Tensor, _ right: Tensor) throws(ComparisonError) {
        guard left.shape == right.shape else {
            throw ComparisonError("shapes \(left.shape) and \(right.shape) differ")
        }
        var absolute: (place: Int, difference: Double) = (0, 0), relative = absolute
        func take(_ place: Int, _ difference: Double, _ size: Double) {
            if difference > absolute.difference { absolute = (place, difference) }
            let share = difference == .infinity ? .infinity : difference / size
            if share > relative.difference { relative = (place, share) }
        }
        func largest(_ found: (place: Int, difference: Double), _ value: (Int) -> (Double, Double)) -> Largest? {
            guard found.difference > 0 else { return nil }
            var rest = found.place
            let index = left.shape.strides.map { stride in
                defer { rest %= stride }
                return rest / stride
            }
            return Largest(difference: found.difference, index: index, values: value(found.place))
        }
        if let a = left.integers, let b = right.integers {
            for place in a.indices where a[place] != b[place] {
                let (low, high) = (min(a[place], b[place]), max(a[place], b[place]))
                take(place, Double(UInt(bitPattern: high &- low)), Double(max(low.magnitude, high.magnitude)))
            }
            self.absolute = largest(absolute) { (Double(a[$0]), Double(b[$0])) }
            self.relative = largest(relative) { (Double(a[$0]), Double(b[$0])) }
        } else {
            let a = left.floats, b = right.floats
            for place in a.indices where a[place] != b[place] && !(a[place].isNaN && b[place].isNaN) {
                let (x, y) = (Double(a[place]), Double(b[place]))
                let difference = abs(x - y)
                take(place, difference.isNaN ? .infinity : difference, max(abs(x), abs(y)))
            }
            self.absolute = largest(absolute) { (Double(a[$0]), Double(b[$0])) }
            self.relative = largest(relative) { (Double(a[$0]), Double(b[$0])) }
        }
    }
}

/// Things that cannot be compared.
public struct ComparisonError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
