import Engine

extension NodeReading {
    /// The window of a convolution or a pooling.
    ///
    /// - Parameter kernel: the kernel's size where a weight tells it; `kernel_shape` may repeat that.
    /// - Parameter hasDilations: whether the operator of this opset has dilations.
    /// - Parameter roundsUp: whether the operator of this opset has `ceil_mode`.
    mutating func window(kernel known: SpatialWindow.Pair? = nil, hasDilations: Bool, hasRounding: Bool)
        throws(Fault) -> SpatialWindow
    {
        if let shape = types.first??.shape, shape.rank > 4 {
            throw Fault("x has shape \(shape); images [N, C, H, W] and lines [N, C, W] are supported")
        }
        let declared = try pair("kernel_shape", missing: 1)
        guard let kernel = known ?? declared else { throw Fault("attribute 'kernel_shape' is missing") }
        if let declared, declared != kernel {
            throw Fault(
                "attribute 'kernel_shape' is [\(declared.vertical), \(declared.horizontal)] where the weight has "
                    + "[\(kernel.vertical), \(kernel.horizontal)]")
        }
        return SpatialWindow(
            kernel: kernel, strides: try pair("strides", missing: 1) ?? 1,
            dilations: try hasDilations ? pair("dilations", missing: 1) ?? 1 : 1,
            padding: try padding(), roundsUp: try hasRounding ? flag("ceil_mode") ?? false : false)
    }

    /// A number for each direction; a line has one, and `missing` stands for the other.
    mutating func pair(_ name: String, missing: Int) throws(Fault) -> SpatialWindow.Pair? {
        guard let values = try integers(name) else { return nil }
        let isLine = types.first??.shape.rank == 3
        guard values.count == (isLine ? 1 : 2) else {
            throw Fault(
                "attribute '\(name)' is \(values.prefix(9)); "
                    + (isLine ? "1 number is supported for lines" : "2 numbers are supported, for height and width"))
        }
        return isLine ? SpatialWindow.Pair(missing, values[0]) : SpatialWindow.Pair(values[0], values[1])
    }

    private mutating func padding() throws(Fault) -> Padding {
        let automatic = try text("auto_pad", oneOf: ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])
        var pads = try integers("pads")
        if let given = pads, given.count == 2, types.first??.shape.rank == 3 { pads = [0, given[0], 0, given[1]] }
        if let pads, pads.count != 4 {
            throw Fault("attribute 'pads' is \(pads.prefix(9)); 4 numbers are supported, for height and width")
        }
        if let automatic, automatic != "NOTSET" {
            guard pads?.allSatisfy({ $0 == 0 }) ?? true else {
                throw Fault("attributes 'auto_pad' and 'pads' exclude each other")
            }
            return automatic == "VALID" ? .valid : automatic == "SAME_UPPER" ? .same : .sameLower
        }
        guard let pads else { return .valid }
        return .explicit(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
    }
}

extension NodeWriting {
    /// Writes the window of a convolution or a pooling.
    mutating func set(_ window: SpatialWindow, kernel: SpatialWindow.Pair? = nil) {
        set("kernel_shape", kernel ?? window.kernel)
        set("strides", window.strides, default: 1)
        set("dilations", window.dilations, default: 1)
        switch window.padding {
        case .explicit(let top, let left, let bottom, let right):
            set("pads", isLine ? [left, right] : [top, left, bottom, right])
        case .same: set("auto_pad", "SAME_UPPER")
        case .sameLower: set("auto_pad", "SAME_LOWER")
        case .valid: break
        }
        set("ceil_mode", window.roundsUp, default: false)
    }
}
