import Engine

extension OperatorCases {
    static let gemm: [OperatorCase] =
        [false, true].flatMap { a in
            [false, true].flatMap { b in
                ([(1, 1), (0.5, 1), (1, 2), (-1.5, 0.25), (1, 0)] as [(Float, Float)]).flatMap { alpha, beta in
                    ([nil, [], [1], [5], [1, 5], [3, 1], [1, 1], [3, 5]] as [Shape?]).map { c in
                        row(
                            "α \(alpha), β \(beta)", 3, 4, 5, c,
                            Operators.Gemm(alpha: alpha, beta: beta, transposesA: a, transposesB: b))
                    }
                }
                    + [
                        row("17×33×16", 17, 33, 16, [16], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("1×48×33", 1, 48, 33, [33], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("64×1×1", 64, 1, 1, [1], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("one column", 700, 67, 1, [1], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("one column, no C", 5, 33, 1, nil, Operators.Gemm(transposesA: a, transposesB: b)),
                        row(
                            "one column, C a column", 5, 33, 1, [5, 1], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("5×5×5, C a column", 5, 5, 5, [5, 1], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("no row", 0, 4, 5, [5], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("no column", 3, 4, 0, [0], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("no depth", 3, 0, 5, [5], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("no depth, no C", 3, 0, 5, nil, Operators.Gemm(transposesA: a, transposesB: b)),
                        row("several tasks", 90, 128, 70, [70], Operators.Gemm(transposesA: a, transposesB: b)),
                        row("a row, many columns", 1, 256, 350, nil, Operators.Gemm(transposesA: a, transposesB: b)),
                    ]
            }
        }

    /// α·A·B + β·C.
    static func product<Scalar>(
        _ a: Numbers<Scalar>, _ b: Numbers<Scalar>, _ c: Numbers<Scalar>?, _ gemm: Operators.Gemm
    ) -> Numbers<Scalar> {
        let rows = a.shape[gemm.transposesA ? 1 : 0], depth = a.shape[gemm.transposesA ? 0 : 1]
        let columns = b.shape[gemm.transposesB ? 0 : 1]
        var y = Numbers<Scalar>([rows, columns])
        for row in 0..<rows {
            for column in 0..<columns {
                var sum: Scalar = 0
                for k in 0..<depth {
                    sum +=
                        a.values[gemm.transposesA ? k * rows + row : row * depth + k]
                        * b.values[gemm.transposesB ? column * depth + k : k * columns + column]
                }
                sum *= Scalar(gemm.alpha)
                if let c { sum += Scalar(gemm.beta) * c.broadcast(at: [row, column]) }
                y.values[row * columns + column] = sum
            }
        }
        return y
    }

    private static func row(
        _ note: String, _ rows: Int, _ depth: Int, _ columns: Int, _ c: Shape?, _ gemm: Operators.Gemm
    ) -> OperatorCase {
        OperatorCase(
            gemm, "\(gemm.transposesA ? "Aᵀ" : "A")·\(gemm.transposesB ? "Bᵀ" : "B"), " + note,
            [
                .random(gemm.transposesA ? [depth, rows] : [rows, depth], 31),
                .random(gemm.transposesB ? [columns, depth] : [depth, columns], 32), c.map { .random($0, 33) },
            ], tolerance: .sums
        ) { inputs in [product(given(inputs, 0), given(inputs, 1), optional(inputs, 2), gemm)] }
    }
}
