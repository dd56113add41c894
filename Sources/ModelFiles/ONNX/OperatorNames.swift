import Engine

/// What our operators are in ONNX: a line or a paragraph each, in both directions.
///
/// Attributes are read with the defaults of the model's opset and written as those of `NodeWriting.opset`.
package enum OperatorNames {
    /// The names in `OperatorRegistry` that have an entry here; a test compares the two.
    package static var operators: [String] { all.map(\.name) }

    /// What an operator is called in ONNX; nil where it is our own and never in a file.
    package static func onnxName(of name: String) -> String? { byName[name]?.translation?.onnxName }

    static let all: [OperatorEntry] = [
        .plain("Add", Operators.Add()),
        .plain("Div", Operators.Div()),
        .plain("MatMul", Operators.MatMul()),
        .plain("Mul", Operators.Mul()),
        .plain("Relu", Operators.Relu()),
        .plain("Sub", Operators.Sub()),

        .named("AveragePool") { node throws(Fault) in
            let countsPadding = try node.flag("count_include_pad") ?? false
            let window = try node.window(hasDilations: node.opset >= 19, hasRounding: node.opset >= 10)
            return Operators.AveragePool(window: window, countsPadding: countsPadding)
        } write: { (pool: Operators.AveragePool, node) throws(Fault) in
            try node.requireVisible(.identity, pool.layout)
            try node.require(pool.window.dilations == 1, "dilations, which AveragePool has since opset 19 only")
            node.set(pool.window)
            node.set("count_include_pad", pool.countsPadding, default: false)
        },

        .named("BatchNormalization") { node throws(Fault) in
            let epsilon = try node.float("epsilon") ?? 1e-5, momentum = try node.float("momentum") ?? 0.9
            if node.opset >= 14, try node.flag("training_mode") ?? false {
                throw Fault("attribute 'training_mode' is 1; only inference is supported")
            }
            return Operators.BatchNormalization(epsilon: epsilon, momentum: momentum)
        } write: { (normalization: Operators.BatchNormalization, node) throws(Fault) in
            try node.requireVisible(normalization.activation, normalization.layout, inputs: 5)
            try node.require(
                !normalization.isTraining, "in training mode, which is not written; write the graph for inference")
            node.set("epsilon", normalization.epsilon, default: 1e-5)
            node.set("momentum", normalization.momentum, default: 0.9)
        },

        .named("Conv") { node throws(Fault) in
            let weight = node.types.count > 1 ? node.types[1]?.shape : nil
            let kernel = weight.flatMap { $0.rank == 4 ? SpatialWindow.Pair($0[2], $0[3]) : nil }
            let groups = try node.integer("group") ?? 1
            let window = try node.window(kernel: kernel, hasDilations: true, hasRounding: false)
            return Operators.Conv(window: window, groups: groups)
        } write: { (convolution: Operators.Conv, node) throws(Fault) in
            try node.requireVisible(convolution.activation, convolution.layout, inputs: 3)
            try node.require(!convolution.window.roundsUp, "a window that is rounded up, which Conv has not")
            node.set(convolution.window, kernel: node.types[1].map { SpatialWindow.Pair($0.shape[2], $0.shape[3]) })
            node.set("group", convolution.groups, default: 1)
        },

        .named("Dropout") { node throws(Fault) in
            // The rate is an attribute before opset 12, and an input since then.
            let rate = try node.opset < 12 ? node.float("ratio") : node.number(1, "ratio")
            if node.opset >= 12 {
                _ = try node.integer("seed")
                guard try node.number(2, "training_mode") ?? 0 == 0 else {
                    throw Fault("input 'training_mode' is true; only inference is supported")
                }
            }
            node.inputs = Array(node.inputs.prefix(1))
            return Operators.Dropout(rate: rate ?? 0.5)
        } write: { (dropout: Operators.Dropout, node) throws(Fault) in
            try node.require(
                !dropout.isTraining, "in training mode, which is not written; write the graph for inference")
            if dropout.rate != 0.5 { node.addInput("ratio", Tensor(dropout.rate)) }
        },

        .named("Flatten") { node throws(Fault) in
            let axis = try node.integer("axis") ?? 1
            guard axis >= 0 || node.opset >= 11 else {
                throw Fault("attribute 'axis' is \(axis); it may be negative since opset 11")
            }
            return Operators.Flatten(axis: axis)
        } write: { (flatten: Operators.Flatten, node) in
            node.set("axis", flatten.axis, default: 1)
        },

        .named("Gemm") { node throws(Fault) in
            Operators.Gemm(
                alpha: try node.float("alpha") ?? 1, beta: try node.float("beta") ?? 1,
                transposesA: try node.flag("transA") ?? false,
                transposesB: try node.flag("transB") ?? false)
        } write: { (product: Operators.Gemm, node) throws(Fault) in
            try node.requireVisible(product.activation)
            node.set("alpha", product.alpha, default: 1)
            node.set("beta", product.beta, default: 1)
            node.set("transA", product.transposesA, default: false)
            node.set("transB", product.transposesB, default: false)
        },

        .named("GlobalAveragePool") { _ in
            Operators.GlobalAveragePool()
        } write: {
            (pool: Operators.GlobalAveragePool, node) throws(Fault) in
            try node.requireVisible(.identity, pool.layout)
        },

        .named("MaxPool") { node throws(Fault) in
            // The storage order concerns the second output only, which is refused.
            _ = try node.integer("storage_order")
            return Operators.MaxPool(
                window: try node.window(hasDilations: node.opset >= 10, hasRounding: node.opset >= 10))
        } write: { (pool: Operators.MaxPool, node) throws(Fault) in
            try node.requireVisible(.identity, pool.layout)
            try node.require(node.node.outputs.count == 1, "with places for a gradient, which is not written")
            node.set(pool.window)
        },

        .named("Reshape") { node throws(Fault) in
            Operators.Reshape(allowsZero: try node.opset >= 14 ? node.flag("allowzero") ?? false : false)
        } write: { (reshape: Operators.Reshape, node) in
            node.set("allowzero", reshape.allowsZero, default: false)
        },

        .named("Softmax") { node throws(Fault) in
            if node.opset >= 13 { return Operators.Softmax(axis: try node.integer("axis") ?? -1) }
            // Before opset 13 all dimensions from the axis on were one, which is the same thing for the last axis only.
            let axis = try node.integer("axis") ?? 1
            guard let shape = node.types.first??.shape, let resolved = shape.axis(axis), resolved == shape.rank - 1
            else {
                throw Fault("attribute 'axis' is \(axis); before opset 13 only the last dimension is supported")
            }
            return Operators.Softmax(axis: axis)
        } write: { (softmax: Operators.Softmax, node) in
            node.set("axis", softmax.axis, default: -1)
        },

        .named("SoftmaxCrossEntropyLoss", since: 12) { node throws(Fault) in
            guard try node.integer("ignore_index") == nil, !node.has(2) else {
                throw Fault("weights and 'ignore_index' are not supported")
            }
            _ = try node.text("reduction", oneOf: ["mean"])
            return Operators.SoftmaxCrossEntropy()
        } write: { (loss: Operators.SoftmaxCrossEntropy, node) throws(Fault) in
            try node.require(loss.smoothing == 0, "with label smoothing, which SoftmaxCrossEntropyLoss has not")
        },

        .named("Transpose") { node throws(Fault) in
            Operators.Transpose(order: try node.integers("perm"))
        } write: {
            (transpose: Operators.Transpose, node) in
            if let order = transpose.order { node.set("perm", order) }
        },

        .internal("AdamWUpdate"),
        .internal("AveragePoolGradient"),
        .internal("BatchNormalizationGradient"),
        .internal("ChannelSum"),
        .internal("ClipScale"),
        .internal("ConvInputGradient"),
        .internal("ConvWeightGradient"),
        .internal("GlobalAveragePoolGradient"),
        .internal("MaxPoolGradient"),
        .internal("MeanSquares"),
        .internal("MovingAverageUpdate"),
        .internal("ReduceToShape"),
        .internal("ReluGradient"),
        .internal("Reshaped"),
        .internal("SGDUpdate"),
        .internal("Scale"),
        .internal("SoftmaxCrossEntropyGradient"),
        .internal("SoftmaxGradient"),
    ]

    /// The translation of an ONNX operator.
    static func translation(ofONNX name: String) -> OperatorEntry.Translation? { byONNXName[name] }

    /// The entry of one of our operators.
    static func entry(of operation: any Operator) -> OperatorEntry? { byName[operation.name] }

    private static let byONNXName = Dictionary(
        uniqueKeysWithValues: all.compactMap(\.translation).map { ($0.onnxName, $0) })
    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
