import Engine

extension OperatorCases {
    static let negativeLogLikelihood: [OperatorCase] = Operators.NegativeLogLikelihoodLoss.Reduction.allCases.flatMap {
        reduction in
        [
            row("rows", [5, 7], reduction), row("rows, weights", [5, 7], reduction, hasWeights: true),
            row("images", [2, 3, 4, 5], reduction, hasWeights: true),
            row("an ignored class", [40, 3, 2], reduction, ignored: 1),
            row("an ignored class, weights", [40, 3, 2], reduction, hasWeights: true, ignored: 2),
            row("ignored below 0, i32", [30, 4], reduction, hasWeights: true, ignored: -5, isWide: false),
            row("several tasks", [3, 9, 70, 60], reduction, hasWeights: true, ignored: 4),
        ]
    }

    /// Every fifth target is no class: the ignored number where that is none, and else one beyond the classes.
    private static func row(
        _ note: String, _ shape: Shape, _ reduction: Operators.NegativeLogLikelihoodLoss.Reduction,
        hasWeights: Bool = false, ignored: Int? = nil, isWide: Bool = true
    ) -> OperatorCase {
        let each = Shape([shape[0]] + shape.dropFirst(2)), classes = shape[1]
        let outside = ignored.map { $0 < 0 ? Int64($0) : Int64(classes) } ?? Int64(classes)
        let targets = (0..<each.elementCount).map {
            $0 % 5 == 4 ? outside : Int64(uniform(31, UInt64($0)) * Float(classes))
        }
        return OperatorCase(
            Operators.NegativeLogLikelihoodLoss(reduction: reduction, ignored: ignored), "\(reduction), \(note)",
            [
                .random(shape, 32, in: -5...0).plain,
                OperatorCase.Input(
                    tensor: isWide ? Tensor(targets, shape: each) : Tensor(targets.map { Int32($0) }, shape: each)),
            ] + (hasWeights ? [.random([classes], 33, in: 0.25...2).plain] : []),
            tolerance: OperatorCase.Tolerance(1e-6, "float32 products, summed in double")
        ) { inputs in
            let x = given(inputs, 0), weights = optional(inputs, 2)
            var losses: [Double] = [], total = 0.0
            for (place, index) in each.allIndices.enumerated() {
                let target = Int(given(inputs, 1).values[place])
                let counts = target >= 0 && target < classes && target != ignored
                let weight = counts ? weights?.values[target] ?? 1 : 0
                total += weight
                losses.append(counts ? -weight * x[[index[0], target] + index.dropFirst()] : 0)
            }
            switch reduction {
            case .none: return [Numbers(each, losses)]
            case .sum: return [Numbers([], [losses.reduce(0, +)])]
            case .mean: return [Numbers([], [losses.reduce(0, +) / total])]
            }
        }
    }
}
