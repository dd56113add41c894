import Engine

extension OperatorNames {
    /// Products, reductions, and what is normalized by sums.
    static let sums: [OperatorEntry] = [
        .plain("MatMul", Operators.MatMul()),

        .named("ArgMax") { node throws(Fault) in
            Operators.ArgMax(
                axis: try node.integer("axis") ?? 0, keepsDimensions: try node.flag("keepdims") ?? true,
                takesLast: try node.flag("select_last_index") ?? false)
        } write: { (argMax: Operators.ArgMax, node) in
            node.set("axis", argMax.axis, default: 0)
            node.set("keepdims", argMax.keepsDimensions, default: true)
            node.set("select_last_index", argMax.takesLast, default: false)
        },

        .named("BatchNormalization") { node throws(Fault) in
            Operators.BatchNormalization(
                epsilon: try node.float("epsilon") ?? 1e-5, momentum: try node.float("momentum") ?? 0.9)
        } write: { (normalization: Operators.BatchNormalization, node) throws(Fault) in
            try node.requireVisible(normalization.activation, normalization.layout, inputs: 5)
            try node.require(
                !normalization.isTraining, "in training mode, which is not written; write the graph for inference")
            node.set("epsilon", normalization.epsilon, default: 1e-5)
            node.set("momentum", normalization.momentum, default: 0.9)
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

        .later("GroupNormalization", since: 21) { node throws(Fault) in
            guard let groups = try node.integer("num_groups") else { throw Fault("attribute 'num_groups' is missing") }
            _ = try node.integer("stash_type")
            return Operators.GroupNormalization(groups: groups, epsilon: try node.float("epsilon") ?? 1e-5)
        },

        .named("InstanceNormalization") { node throws(Fault) in
            Operators.InstanceNormalization(epsilon: try node.float("epsilon") ?? 1e-5)
        } write: { (normalization: Operators.InstanceNormalization, node) in
            node.set("epsilon", normalization.epsilon, default: 1e-5)
        },

        .named("LayerNormalization", since: 17) { node throws(Fault) in
            try node.layerNormalization()
        } write: { (normalization: Operators.LayerNormalization, node) in
            node.set("axis", normalization.axis, default: -1)
            node.set("epsilon", normalization.epsilon, default: 1e-5)
        },

        .named("LogSoftmax") { node throws(Fault) in
            let (axis, joinsFollowing) = try node.softmaxAxis()
            return Operators.LogSoftmax(axis: axis, joinsFollowing: joinsFollowing)
        } write: { (softmax: Operators.LogSoftmax, node) throws(Fault) in
            try node.require(
                !softmax.joinsFollowing, "over several dimensions, which LogSoftmax had before opset 13 only")
            node.set("axis", softmax.axis, default: -1)
        },

        .reduction("ReduceL2", inputSince: 18) {
            Operators.ReduceL2(axes: $0, keepsDimensions: $1)
        } parts: {
            ($0.axes, $0.keepsDimensions)
        },
        .reduction("ReduceMax", inputSince: 18) {
            Operators.ReduceMax(axes: $0, keepsDimensions: $1)
        } parts: {
            ($0.axes, $0.keepsDimensions)
        },
        .reduction("ReduceMean", inputSince: 18) {
            Operators.ReduceMean(axes: $0, keepsDimensions: $1)
        } parts: {
            ($0.axes, $0.keepsDimensions)
        },
        .reduction("ReduceMin", inputSince: 18) {
            Operators.ReduceMin(axes: $0, keepsDimensions: $1)
        } parts: {
            ($0.axes, $0.keepsDimensions)
        },
        .reduction("ReduceProd", inputSince: 18) {
            Operators.ReduceProd(axes: $0, keepsDimensions: $1)
        } parts: {
            ($0.axes, $0.keepsDimensions)
        },
        .reduction("ReduceSum", inputSince: 13) {
            Operators.ReduceSum(axes: $0, keepsDimensions: $1)
        } parts: {
            ($0.axes, $0.keepsDimensions)
        },

        .reduction("ReduceSumSquare", inputSince: 18) {
            Operators.ReduceSumSquare(axes: $0, keepsDimensions: $1)
        } parts: {
            ($0.axes, $0.keepsDimensions)
        },

        .named("Softmax") { node throws(Fault) in
            let (axis, joinsFollowing) = try node.softmaxAxis()
            return Operators.Softmax(axis: axis, joinsFollowing: joinsFollowing)
        } write: { (softmax: Operators.Softmax, node) throws(Fault) in
            try node.require(!softmax.joinsFollowing, "over several dimensions, which Softmax had before opset 13 only")
            node.set("axis", softmax.axis, default: -1)
        },

        .named("NegativeLogLikelihoodLoss", since: 12) { node throws(Fault) in
            try node.negativeLogLikelihood()
        } write: { (loss: Operators.NegativeLogLikelihoodLoss, node) in
            if loss.reduction != .mean { node.set("reduction", loss.reduction.rawValue) }
            if let ignored = loss.ignored { node.set("ignore_index", ignored) }
        },

        .named("SoftmaxCrossEntropyLoss", since: 12) { _ in
            Operators.SoftmaxCrossEntropy()
        } write: { (loss: Operators.SoftmaxCrossEntropy, node) throws(Fault) in
            try node.require(loss.smoothing == 0, "with label smoothing, which SoftmaxCrossEntropyLoss has not")
        },
    ]
}

extension NodeReading {
    /// The axis of a softmax, and whether all dimensions from it on are one, as before opset 13 unless it is the last.
    fileprivate mutating func softmaxAxis() throws(Fault) -> (axis: Int, joinsFollowing: Bool) {
        if opset >= 13 { return (try integer("axis") ?? -1, false) }
        let axis = try integer("axis") ?? 1
        guard let shape = types.first??.shape, let resolved = shape.axis(axis) else {
            throw Fault("attribute 'axis' is \(axis)")
        }
        return (axis, resolved != shape.rank - 1)
    }
}

extension OperatorEntry {
    /// A reduction; its axes are an input since an opset, and an attribute before.
    fileprivate static func reduction<Reduction: Operator>(
        _ onnxName: String, inputSince: Int, make: @escaping @Sendable ([Int]?, Bool) -> Reduction,
        parts: @escaping @Sendable (Reduction) -> (axes: [Int]?, keepsDimensions: Bool)
    ) -> OperatorEntry {
        .named(onnxName) { node throws(Fault) in
            let keepsDimensions = try node.flag("keepdims") ?? true
            let isNoneOfNone = try node.opset >= inputSince ? node.flag("noop_with_empty_axes") ?? false : false
            var axes = try node.axes(asInputSince: inputSince)
            if axes?.isEmpty ?? true { axes = isNoneOfNone ? [] : nil }
            return make(axes, keepsDimensions)
        } write: { (reduction: Reduction, node) throws(Fault) in
            let (axes, keepsDimensions) = parts(reduction)
            node.set("keepdims", keepsDimensions, default: true)
            guard inputSince <= NodeWriting.opset else {
                try node.require(axes != [], "over no axis, which \(onnxName) has since opset \(inputSince) only")
                if let axes { node.set("axes", axes) }
                return
            }
            guard let axes else { return }
            if axes.isEmpty { node.set("noop_with_empty_axes", true, default: false) }
            node.addInput("axes", Tensor(axes.map(Int64.init), shape: [axes.count]))
        }
    }
}
