import Engine

extension OperatorNames {
    /// Operators that slide a window over images or lines, and those that take them whole.
    static let windows: [OperatorEntry] = [
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

        .named("Conv") { node throws(Fault) in
            let weight = node.types.count > 1 ? node.types[1]?.shape : nil
            let groups = try node.integer("group") ?? 1
            let window = try node.window(kernel: weight?.kernel, hasDilations: true, hasRounding: false)
            return Operators.Conv(window: window, groups: groups)
        } write: { (convolution: Operators.Conv, node) throws(Fault) in
            try node.requireVisible(convolution.activation, convolution.layout, inputs: 3)
            try node.require(!convolution.window.roundsUp, "a window that is rounded up, which Conv has not")
            node.set(convolution.window, kernel: node.types[1]?.shape.kernel)
            node.set("group", convolution.groups, default: 1)
        },

        .named("ConvTranspose") { node throws(Fault) in
            let weight = node.types.count > 1 ? node.types[1]?.shape : nil
            let groups = try node.integer("group") ?? 1
            let window = try node.window(kernel: weight?.kernel, hasDilations: true, hasRounding: false)
            let outputPadding = try node.pair("output_padding", missing: 0) ?? 0
            let outputSize = try node.pair("output_shape", missing: 1)
            return Operators.ConvTranspose(
                window: window, groups: groups, outputPadding: outputPadding, outputSize: outputSize)
        } write: { (convolution: Operators.ConvTranspose, node) throws(Fault) in
            try node.requireVisible(convolution.activation, convolution.layout)
            node.set(convolution.window, kernel: node.types[1]?.shape.kernel)
            node.set("group", convolution.groups, default: 1)
            node.set("output_padding", convolution.outputPadding, default: 0)
            if let size = convolution.outputSize { node.set("output_shape", size) }
        },

        .named("GlobalAveragePool") { _ in
            Operators.GlobalAveragePool()
        } write: {
            (pool: Operators.GlobalAveragePool, node) throws(Fault) in
            try node.requireVisible(.identity, pool.layout)
        },

        .named("GlobalMaxPool") { _ in
            Operators.GlobalMaxPool()
        } write: { (pool: Operators.GlobalMaxPool, node) throws(Fault) in
            try node.requireVisible(.identity, pool.layout)
        },

        .named("MaxPool") { node throws(Fault) in
            let isColumnMajor = try node.flag("storage_order") ?? false
            return Operators.MaxPool(
                window: try node.window(hasDilations: node.opset >= 10, hasRounding: node.opset >= 10),
                indices: node.usesOutput(1) ? isColumnMajor ? .columnMajor : .rowMajor : nil)
        } write: { (pool: Operators.MaxPool, node) throws(Fault) in
            try node.requireVisible(.identity, pool.layout)
            try node.require(
                node.node.outputs.count == 1 || pool.indices != nil, "with places for a gradient, which is not written")
            node.set(pool.window)
            node.set("storage_order", pool.indices == .columnMajor, default: false)
        },
    ]
}

extension Shape {
    /// The size of the kernel of a convolution's weight; of a line's, one row.
    fileprivate var kernel: SpatialWindow.Pair? {
        switch rank {
        case 4: SpatialWindow.Pair(self[2], self[3])
        case 3: SpatialWindow.Pair(1, self[2])
        default: nil
        }
    }
}
