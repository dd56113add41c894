import Engine

extension OperatorCases {
    static let matMul: [OperatorCase] =
        ([
            ("matrices", [3, 4], [4, 5]), ("row by column", [1, 33], [33, 1]), ("one by one", [1, 1], [1, 1]),
            ("a batch by one matrix", [2, 3, 4], [4, 5]), ("a batch of batches by one matrix", [2, 3, 4, 5], [5, 6]),
            ("one matrix by a batch", [3, 4], [2, 4, 5]), ("batches", [2, 3, 4], [2, 4, 5]),
            ("batches of one", [1, 3, 4], [1, 4, 5]),
            ("a batch by a batch of one", [2, 3, 4], [1, 4, 5]), ("a batch of one by a batch", [1, 3, 4], [2, 4, 5]),
            ("both ways", [2, 1, 3, 4], [1, 3, 4, 5]), ("different ranks", [3, 3, 4], [2, 1, 4, 5]),
            ("17×16×33", [17, 16], [16, 33]),
            ("48×15×24", [48, 15], [15, 24]), ("no row", [0, 4], [4, 5]), ("no column", [3, 4], [4, 0]),
            ("no depth", [3, 0], [0, 5]),
            ("no batch", [0, 3, 4], [0, 4, 5]), ("no batch by one matrix", [0, 3, 4], [4, 5]),
            ("several tasks", [4, 60, 128], [4, 128, 70]),
            ("vector by matrix", [4], [4, 5]), ("matrix by vector", [3, 4], [4]), ("vector by vector", [4], [4]),
            ("vector by batch", [4], [2, 4, 5]), ("batch by vector", [2, 3, 4], [4]),
        ] as [(String, Shape, Shape)]).map { note, a, b in
            // A product with a vector has no gradient.
            let hasGradient = a.rank > 1 && b.rank > 1
            return OperatorCase(
                Operators.MatMul(), note,
                [.random(a, 41, hasGradient: hasGradient), .random(b, 42, hasGradient: hasGradient)],
                tolerance: .sums
            ) { inputs in [product(given(inputs, 0), given(inputs, 1))] }
        }

    /// The product of the last two dimensions.
    static func product<Scalar>(_ a: Numbers<Scalar>, _ b: Numbers<Scalar>) -> Numbers<Scalar> {
        let left = a.shape.rank == 1 ? Numbers([1, a.shape[0]], a.values) : a
        let right = b.shape.rank == 1 ? Numbers([b.shape[0], 1], b.values) : b
        let rows = left.shape[left.shape.rank - 2], depth = left.shape[left.shape.rank - 1]
        let columns = right.shape[right.shape.rank - 1]
        guard let batch = Shape(left.shape.dropLast(2)).broadcast(with: Shape(right.shape.dropLast(2))) else {
            preconditionFailure("\(a.shape) and \(b.shape)")
        }
        var y = Numbers<Scalar>(Shape(Array(batch) + [rows, columns]))
        var next = 0
        // The indices of dimensions that are not there are dropped, of those that are 1 made 0.
        func index(_ index: [Int], _ row: Int, _ column: Int, of shape: Shape) -> [Int] {
            zip(index.suffix(shape.rank - 2), shape).map { $1 == 1 ? 0 : $0 } + [row, column]
        }
        for place in batch.allIndices {
            for row in 0..<rows {
                for column in 0..<columns {
                    for k in 0..<depth {
                        y.values[next] +=
                            left[index(place, row, k, of: left.shape)] * right[index(place, k, column, of: right.shape)]
                    }
                    next += 1
                }
            }
        }
        y.shape = Shape(Array(batch) + (a.shape.rank == 1 ? [] : [rows]) + (b.shape.rank == 1 ? [] : [columns]))
        return y
    }
}
