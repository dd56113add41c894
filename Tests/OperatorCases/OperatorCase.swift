package import Engine

/// A row of the test table: an operator with inputs, and what must come out.
///
/// From it tests check value and gradient under every instruction set, and timing takes its shapes.
package struct OperatorCase: Sendable, CustomStringConvertible {
    /// What a caller hands the operator.
    package struct Input: Sendable {
        /// What stands behind an input of the graph.
        package enum Role: Sendable {
            /// Given anew in each run, or known beforehand: both must do.
            case operand
            /// Known before the graph is run.
            case constant
            /// Kept and overwritten.
            case state
        }

        package var tensor: Tensor
        package var role = Role.operand
        /// Whether the gradient with respect to it is checked.
        package var hasGradient = false
    }

    /// How far a result may be from the oracle's, and why.
    package struct Tolerance: Sendable {
        /// Of the oracle's largest value.
        package var relative: Double
        package var reason: String

        package init(_ relative: Double, _ reason: String) {
            self.relative = relative
            self.reason = reason
        }

        /// Nothing is computed, or each value is rounded as the oracle's is.
        package static let exact = Tolerance(0, "the same bits")
        /// One or two operations on floats.
        package static let rounding = Tolerance(2e-7, "single roundings of float32")
        /// Sums of some hundred products.
        package static let sums = Tolerance(2e-6, "float32 sums of some hundred terms in another order")
        /// 3×3 convolutions of stride 1 and 8 channels or more.
        package static let winograd = Tolerance(
            2e-5, "a tile's numbers are mixed with factors of up to 32 and taken apart again, rounded to float32")
    }

    package let operation: any Operator
    package let note: String
    package let inputs: [Input?]
    package let tolerance: Tolerance
    package let gradientTolerance: Tolerance
    /// The outputs in double; it may leave out later ones that are of no concern.
    package let oracle: @Sendable ([Numbers<Double>?]) -> [Numbers<Double>]

    package init(
        _ operation: any Operator, _ note: String, _ inputs: [Input?], tolerance: Tolerance,
        gradientTolerance: Tolerance = Tolerance(1e-5, "float32 sums, of the largest gradient"),
        oracle: @escaping @Sendable ([Numbers<Double>?]) -> [Numbers<Double>]
    ) {
        self.operation = operation
        self.note = note
        self.inputs = inputs
        self.tolerance = tolerance
        self.gradientTolerance = gradientTolerance
        self.oracle = oracle
    }

    package var name: String { operation.name }
    package var isDifferentiable: Bool { inputs.contains { $0?.hasGradient ?? false } }

    /// The oracle's outputs for the row's inputs.
    package var expected: [Numbers<Double>] { oracle(inputs.map { $0.map { Numbers($0.tensor) } }) }

    package var description: String {
        "\(name), \(note): " + inputs.map { $0?.tensor.type.description ?? "none" }.joined(separator: ", ")
    }
}

extension OperatorCase.Input {
    /// Numbers between `range`'s bounds, decided by the seed.
    package static func random(
        _ shape: Shape, _ seed: UInt64, in range: ClosedRange<Float> = -1...1, hasGradient: Bool = true
    ) -> Self {
        Self(tensor: Tensor.random(shape, seed, in: range), hasGradient: hasGradient)
    }

    /// Given numbers; no gradient is checked.
    package static func floats(_ values: [Float], _ shape: Shape) -> Self { Self(tensor: Tensor(values, shape: shape)) }

    /// Given integers, known beforehand.
    package static func integers(_ values: [Int64]) -> Self {
        Self(tensor: Tensor(values, shape: [values.count]), role: .constant)
    }

    /// This input as a state.
    package var state: Self {
        var copy = self
        copy.role = .state
        copy.hasGradient = false
        return copy
    }

    /// This input without a check of its gradient.
    package var plain: Self {
        var copy = self
        copy.hasGradient = false
        return copy
    }
}

extension Tensor {
    /// Numbers between `range`'s bounds, decided by the seed and each element's place.
    package static func random(_ shape: Shape, _ seed: UInt64, in range: ClosedRange<Float> = -1...1) -> Tensor {
        let width = range.upperBound - range.lowerBound
        let values = (0..<shape.elementCount).map { range.lowerBound + width * uniform(seed, UInt64($0)) }
        return Tensor(values, shape: shape)
    }
}

/// A number in [0, 1) for a seed and a place.
///
/// - Source: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators" (SplitMix64's finalizer).
package func uniform(_ seed: UInt64, _ place: UInt64) -> Float {
    var bits = (seed &* 0x9E37_79B9_7F4A_7C15) ^ (place &+ 1) &* 0xD1B5_4A32_D192_ED03
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return Float((bits ^ bits >> 31) >> 40) * 0x1p-24
}
