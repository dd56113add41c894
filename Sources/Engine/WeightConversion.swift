internal import Kernels

extension Graph {
    /// What weights can be kept as.
    public static let weightTypes: [ElementType] = [.f32, .f16, .bf16, .i8]

    /// The same graph with its weights kept as elements of another type, for smaller files and faster products of few rows.
    ///
    /// Weights are the matrices of LSTM, GRU, Gemm and MatMul, the kernels of convolutions, and the tables of Gather: constants of two dimensions or
    /// more that nobody reads in another way. Halves are the nearest ones, made floats again by `Cast`. Integers are the nearest to 127·w / max |w| of
    /// each output of the weights, made floats by `DequantizeLinear`. Products of f16 and bf16 weights are in f32; those of i8 weights with
    /// LSTM, GRU, Gemm and MatMul turn each row of their input into integers, too, by its own largest. What has no finite nearest element stays f32.
    ///
    /// - Parameter type: one of `weightTypes`; f32 makes floats of all of them.
    /// - Throws: `GraphError` for any other type.
    public func keepingWeights(as type: ElementType) throws(GraphError) -> Graph {
        guard Self.weightTypes.contains(type) else {
            let choices = Self.weightTypes.map(\.rawValue).joined(separator: ", ")
            throw GraphError(fault: "weights cannot be kept as \(type.rawValue); they can as \(choices)")
        }
        let wide = try loaded().withFloatWeights()
        return type == .f32 ? try wide.withWeightsAsMade() : try wide.withWeightsAsRead().withNarrowWeights(type)
    }

    /// What the name of a matrix has at its end that is kept as it is multiplied with, its dimensions changed.
    private static let turned = ".transposed"

    /// Matrices of floats that are transposed before they are read as what they are then, under another name.
    private func withWeightsAsRead() throws(GraphError) -> Graph {
        try rewritten { _, node, rewriting throws(GraphError) in
            guard node.operation is Operators.Transpose, let source = node.inputs[0], let turned = try turned(source)
            else { return try rewriting.keep(node) }
            rewriting[node.outputs[0]] = rewriting.target.addConstant(turned, name: self[source].name + Self.turned)
        }
    }

    /// The reverse.
    private func withWeightsAsMade() throws(GraphError) -> Graph {
        try rewritten { _, node, rewriting throws(GraphError) in
            for value in node.inputs.compactMap({ $0 }) where self[value].name.hasSuffix(Self.turned) {
                guard let turned = try turned(value) else { continue }
                let name = String(self[value].name.dropLast(Self.turned.count))
                rewriting[value] = try rewriting.target.append(
                    Operators.Transpose(order: [1, 0]), [rewriting.target.addConstant(turned, name: name)])[0]
            }
            try rewriting.keep(node)
        }
    }

    /// A matrix with its dimensions changed; nil where the value is no constant matrix of floats.
    private func turned(_ value: Value) throws(GraphError) -> Tensor? {
        guard type(of: value).elementType == .f32, let matrix = constant(value), matrix.shape.rank == 2 else {
            return nil
        }
        return try Evaluation.evaluated(
            Operators.Transpose(order: [1, 0]), Operands(types: [matrix.type], constants: [matrix]),
            [TensorType(.f32, [matrix.shape[1], matrix.shape[0]])])?[0]
    }

    /// For each value the axis of the weights that it is; nil where it is none, or is read in different ways.
    private func weightAxes() -> [Int?] {
        var axes: [Set<Int?>] = Array(repeating: [], count: entries.count)
        for node in nodes {
            for (operand, value) in node.inputs.enumerated() {
                if let value { axes[value.index].insert(node.operation.weightAxis(operand)) }
            }
        }
        for output in outputs { axes[output.value.index].insert(nil) }
        return entries.indices.map { index in
            let type = entries[index].type
            guard type.elementType == .f32, type.shape.rank >= 2, axes[index].count == 1,
                let axis = axes[index].first ?? nil, axis < type.shape.rank
            else { return nil }
            return axis
        }
    }

    /// Weights that are kept in fewer bits as constants of floats, under the names that they had.
    private func withFloatWeights() throws(GraphError) -> Graph {
        let axes = weightAxes()
        return try rewritten { _, node, rewriting throws(GraphError) in
            let isMade = node.operation is Operators.Cast || node.operation is Operators.DequantizeLinear
            let constants = node.inputs.map { $0.flatMap(constant) }
            guard isMade, axes[node.outputs[0].index] != nil, let source = node.inputs[0],
                zip(node.inputs, constants).allSatisfy({ $0 == nil || $1 != nil }),
                let floats = try Evaluation.evaluated(
                    node.operation, Operands(types: constants.map { $0?.type }, constants: constants),
                    [type(of: node.outputs[0])])
            else { return try rewriting.keep(node) }
            rewriting[node.outputs[0]] = rewriting.target.addConstant(floats[0], name: self[source].name)
        }
    }

    private func withNarrowWeights(_ type: ElementType) throws(GraphError) -> Graph {
        let axes = weightAxes()
        var done: Set<Value> = []
        return try rewritten { _, node, rewriting throws(GraphError) in
            for value in node.inputs.compactMap({ $0 }) where done.insert(value).inserted {
                guard let axis = axes[value.index], let weights = constant(value) else { continue }
                let name = self[value].name, label = label(of: value)
                if type == .i8 {
                    guard let (numbers, scales) = weights.integers(along: axis) else { continue }
                    rewriting[value] = try rewriting.target.append(
                        Operators.DequantizeLinear(axis: axis),
                        [
                            rewriting.target.addConstant(numbers, name: name),
                            rewriting.target.addConstant(scales, name: "\(label).scale"),
                        ], name: "\(label).floats", outputNames: ["\(label).floats"])[0]
                } else {
                    guard let halves = try weights.halves(type) else { continue }
                    rewriting[value] = try rewriting.target.append(
                        Operators.Cast(to: .f32), [rewriting.target.addConstant(halves, name: name)],
                        name: "\(label).floats", outputNames: ["\(label).floats"])[0]
                }
            }
            try rewriting.keep(node)
        }
    }
}

extension Tensor {
    /// The nearest f16 or bf16; nil where one is not finite.
    fileprivate func halves(_ type: ElementType) throws(GraphError) -> Tensor? {
        let made = try Evaluation.evaluated(
            Operators.Cast(to: type), Operands(types: [self.type], constants: [self]), [TensorType(type, shape)])
        return made?[0].floats.allSatisfy(\.isFinite) ?? false ? made?[0] : nil
    }

    /// The nearest integers to 127·w / max |w|, the largest among those of the same index along an axis, and max |w| / 127; nil where a
    /// number is not finite.
    fileprivate func integers(along axis: Int) -> (numbers: Tensor, scales: Tensor)? {
        let values = floats, inner = shape.dropFirst(axis + 1).reduce(1, *), count = shape[axis]
        guard values.allSatisfy(\.isFinite) else { return nil }
        var largest = Array(repeating: 0 as Float, count: count)
        for (place, value) in values.enumerated() {
            let index = place / inner % count
            largest[index] = max(largest[index], abs(value))
        }
        // A unit must not be subnormal, so that what is divided by it stays within ±127.
        let scales = largest.map { $0 < 0x1p-100 ? 1 : $0 / 127 }
        let numbers = values.enumerated().map { place, value in
            let number = (value / scales[place / inner % count]).rounded(.toNearestOrEven)
            return UInt8(bitPattern: Int8(min(max(number, -127), 127)))
        }
        guard let tensor = try? Tensor(bytes: numbers, TensorType(.i8, shape)) else { return nil }
        return (tensor, Tensor(scales, shape: [count]))
    }
}
