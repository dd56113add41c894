import Engine

extension OperatorNames {
    /// Operators that move elements, and tell and change shapes.
    static let shapes: [OperatorEntry] = [
        .plain("Expand", Operators.Expand(), since: 8),
        .plain("Range", Operators.Progression(), since: 11),
        .plain("Tile", Operators.Tile(), since: 6),

        .named("Shape") { node throws(Fault) in
            Operators.ShapeOf(start: try node.integer("start") ?? 0, end: try node.integer("end"))
        } write: { (shape: Operators.ShapeOf, node) in
            node.set("start", shape.start, default: 0)
            if let end = shape.end { node.set("end", end) }
        },

        .named("Concat") { node throws(Fault) in
            guard let axis = try node.integer("axis") else { throw Fault("attribute 'axis' is missing") }
            return Operators.Concat(axis: axis)
        } write: { (concat: Operators.Concat, node) in
            node.set("axis", concat.axis)
        },

        .named("ConstantOfShape") { node throws(Fault) in
            let value = try node.tensor("value") ?? Tensor(0)
            guard value.shape.elementCount == 1 else { throw Fault("attribute 'value' has shape \(value.shape)") }
            return Operators.ConstantOfShape(value: value)
        } write: { (constant: Operators.ConstantOfShape, node) throws(Fault) in
            if let value = try? constant.value { node.set("value", value) }
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

        .named("Pad") { node throws(Fault) in
            let name = try node.text("mode", oneOf: Operators.Pad.Mode.allCases.map(\.rawValue))
            let mode = name.flatMap(Operators.Pad.Mode.init) ?? .constant
            if node.opset < 11 {
                guard let pads = try node.integers("pads") else { throw Fault("attribute 'pads' is missing") }
                node.addInput(1, Tensor(pads.map(Int64.init), shape: [pads.count]))
                node.addInput(2, try node.float("value").map { Tensor($0) })
            }
            return Operators.Pad(mode: mode)
        } write: { (pad: Operators.Pad, node) throws(Fault) in
            try node.require(pad.mode != .wrap, "mode 'wrap', which Pad has since opset 19 only")
            try node.require(node.node.inputs.count <= 3, "axes, which Pad has since opset 18 only")
            if pad.mode != .constant { node.set("mode", pad.mode.rawValue) }
        },

        .named("Reshape") { node throws(Fault) in
            Operators.Reshape(allowsZero: try node.opset >= 14 ? node.flag("allowzero") ?? false : false)
        } write: { (reshape: Operators.Reshape, node) in
            node.set("allowzero", reshape.allowsZero, default: false)
        },

        .named("Resize", since: 10, read: readResize) { (resize: Operators.Resize, node) throws(Fault) in
            try node.require(resize.axes == nil, "axes, which Resize has since opset 18 only")
            try node.require(
                resize.coordinates != .halfPixelSymmetric, "coordinates that Resize has since opset 19 only")
            if resize.coordinates != .halfPixel {
                node.set("coordinate_transformation_mode", resize.coordinates.rawValue)
            }
            try node.require(!resize.antialiases, "antialiasing, which Resize has since opset 18 only")
            try node.require(
                resize.proportions == .stretch, "proportions that are kept, which Resize has since opset 18 only")
            node.set("exclude_outside", resize.excludesOutside, default: false)
            node.set("extrapolation_value", resize.extrapolation, default: 0)
            switch resize.mode {
            case .linear: node.set("mode", "linear")
            case .cubic(let coefficient):
                node.set("mode", "cubic")
                node.set("cubic_coeff_a", coefficient, default: -0.75)
            case .nearest(.roundPreferFloor): break
            case .nearest(let rounding): node.set("nearest_mode", rounding.rawValue)
            }
        },

        .named("Slice") { node throws(Fault) in
            if node.opset < 10 {
                guard let starts = try node.integers("starts"), let ends = try node.integers("ends") else {
                    throw Fault("attributes 'starts' and 'ends' are missing")
                }
                let axes = try node.integers("axes")
                for (index, values) in [starts, ends, axes].enumerated() {
                    node.addInput(index + 1, values.map { Tensor($0.map(Int64.init), shape: [$0.count]) })
                }
            }
            return Operators.Slice()
        } write: { (_: Operators.Slice, _) in
        },

        .named("Split") { node throws(Fault) in
            let axis = try node.integer("axis") ?? 0
            if node.opset < 13 {
                let sizes = try node.integers("split")
                node.addInput(1, sizes.map { Tensor($0.map(Int64.init), shape: [$0.count]) })
            }
            let count = try node.opset >= 18 ? node.integer("num_outputs") ?? node.outputCount : node.outputCount
            return Operators.Split(axis: axis, count: count)
        } write: { (split: Operators.Split, node) throws(Fault) in
            let isEven = node.types[0].map { type in
                type.shape.axis(split.axis).map { type.shape[$0] % max(split.count, 1) == 0 } ?? false
            }
            try node.require(
                node.node.inputs.count > 1 || isEven ?? false, "uneven parts, which Split has since opset 18 only")
            node.set("axis", split.axis, default: 0)
        },

        .named("Squeeze") { node throws(Fault) in
            Operators.Squeeze(axes: try node.axes(asInputSince: 13))
        } write: { (squeeze: Operators.Squeeze, node) in
            if let axes = squeeze.axes { node.addInput("axes", Tensor(axes.map(Int64.init), shape: [axes.count])) }
        },

        .named("Transpose") { node throws(Fault) in
            Operators.Transpose(order: try node.integers("perm"))
        } write: { (transpose: Operators.Transpose, node) in
            if let order = transpose.order { node.set("perm", order) }
        },

        .named("Unsqueeze") { node throws(Fault) in
            guard let axes = try node.axes(asInputSince: 13) else { throw Fault("the axes are missing") }
            return Operators.Unsqueeze(axes: axes)
        } write: { (unsqueeze: Operators.Unsqueeze, node) in
            let axes = unsqueeze.axes
            node.addInput("axes", Tensor(axes.map(Int64.init), shape: [axes.count]))
        },
    ]

    @Sendable static func readResize(_ node: inout NodeReading) throws(Fault) -> Operators.Resize {
        let mode = try node.text(
            "mode", oneOf: node.opset < 11 ? ["nearest", "linear"] : ["nearest", "linear", "cubic"])
        if node.opset < 11 {
            // Only scales there were, and one way to count.
            node.inputs = [node.inputs.first ?? nil, nil] + node.inputs.dropFirst()
            return Operators.Resize(mode: mode == "linear" ? .linear : .nearest(.floor), coordinates: .asymmetric)
        }
        let coordinates = try node.text(
            "coordinate_transformation_mode", oneOf: Operators.Resize.Coordinates.allCases.map(\.rawValue))
        let rounding = try node.text("nearest_mode", oneOf: Operators.Resize.Rounding.allCases.map(\.rawValue))
        let nearest = rounding.flatMap(Operators.Resize.Rounding.init) ?? .roundPreferFloor
        let places = coordinates.flatMap(Operators.Resize.Coordinates.init) ?? .halfPixel
        guard places != .tensorFlowHalfPixel || (mode ?? "nearest") == "nearest" && nearest == .floor else {
            throw Fault("coordinates '\(places.rawValue)' go with mode 'nearest' and nearest_mode 'floor' only")
        }
        let coefficient = try node.float("cubic_coeff_a") ?? -0.75
        let proportions = try node.text(
            "keep_aspect_ratio_policy", oneOf: Operators.Resize.Proportions.allCases.map(\.rawValue))
        var resize = Operators.Resize(
            mode: mode == "linear" ? .linear : mode == "cubic" ? .cubic(coefficient) : .nearest(nearest),
            coordinates: places,
            axes: try node.integers("axes"))
        resize.proportions = proportions.flatMap(Operators.Resize.Proportions.init) ?? .stretch
        resize.antialiases = try node.flag("antialias") ?? false
        resize.excludesOutside = try node.flag("exclude_outside") ?? false
        let extrapolation = try node.float("extrapolation_value") ?? 0
        if resize.coordinates == .region {
            resize.extrapolation = extrapolation
        } else if node.inputs.count > 1 {
            // A region of interest is nobody's business then.
            node.inputs[1] = nil
        }
        // Empty scales stand for none.
        if node.inputs.count > 3, node.has(3) { node.inputs[2] = nil }
        return resize
    }
}
