import Engine

extension OperatorNames {
    /// Operators that work element by element.
    static let elementwise: [OperatorEntry] = [
        .plain("Abs", Operators.Abs()),
        .plain("Add", Operators.Add()),
        .plain("And", Operators.And()),
        .plain("Ceil", Operators.Ceil()),
        .plain("Div", Operators.Div()),
        .plain("Equal", Operators.Equal()),
        .plain("Erf", Operators.Erf()),
        .plain("Exp", Operators.Exp()),
        .plain("Floor", Operators.Floor()),
        .plain("Greater", Operators.Greater()),
        .plain("GreaterOrEqual", Operators.GreaterOrEqual(), since: 12),
        .plain("HardSwish", Operators.HardSwish(), since: 14),
        .plain("Less", Operators.Less()),
        .plain("LessOrEqual", Operators.LessOrEqual(), since: 12),
        .plain("Log", Operators.Log()),
        .plain("Max", Operators.Max()),
        .plain("Min", Operators.Min()),
        .plain("Mul", Operators.Mul()),
        .plain("Neg", Operators.Neg()),
        .plain("Not", Operators.Not()),
        .plain("Or", Operators.Or()),
        .plain("PRelu", Operators.PRelu()),
        .plain("Pow", Operators.Pow()),
        .plain("Relu", Operators.Relu()),
        .plain("Sigmoid", Operators.Sigmoid()),
        .plain("Softplus", Operators.Softplus()),
        .plain("Sqrt", Operators.Sqrt()),
        .plain("Sub", Operators.Sub()),
        .plain("Tanh", Operators.Tanh()),
        .plain("Where", Operators.Where()),
        .plain("Xor", Operators.Xor()),

        .named("Cast") { node throws(Fault) in
            guard let number = try node.integer("to") else { throw Fault("attribute 'to' is missing") }
            // How floats of 8 bits saturate, which there are none of.
            _ = try node.integer("saturate")
            let element = try FileElement(onnx: Int32(clamping: number))
            guard let type = element.sameType else { throw Fault("elements of type \(element) are not supported") }
            return Operators.Cast(to: type)
        } write: { (cast: Operators.Cast, node) in
            node.set("to", FileElement(cast.elementType).onnxType.rawValue)
        },

        .named("DequantizeLinear", since: 10) { node throws(Fault) in
            if let size = try node.integer("block_size"), size != 0 {
                throw Fault("attribute 'block_size' is \(size); blocks are not supported")
            }
            if let type = try node.integer("output_dtype"), type != 0,
                try FileElement(onnx: Int32(clamping: type)) != .f32
            {
                throw Fault("attribute 'output_dtype' is \(type); floats (1) are supported")
            }
            return Operators.DequantizeLinear(axis: try node.integer("axis") ?? 1)
        } write: { (dequantization: Operators.DequantizeLinear, node) in
            node.set("axis", dequantization.axis, default: 1)
        },

        .named("Clip") { node throws(Fault) in
            if node.opset < 11 {
                // Bounds are attributes before opset 11, and inputs since then.
                let lowest = try node.float("min"), highest = try node.float("max")
                node.addInput(1, lowest.map { Tensor($0) })
                node.addInput(2, highest.map { Tensor($0) })
            }
            return Operators.Clip()
        } write: { (_: Operators.Clip, _) in
        },

        .named("Dropout") { node throws(Fault) in
            // The rate is an attribute before opset 12, and an input since then.
            let rate = try node.opset < 12 ? node.float("ratio") : node.number(1, "ratio")
            if node.opset >= 12 {
                _ = try node.integer("seed")
                // At a rate of 0 training does nothing either.
                guard try node.number(2, "training_mode") ?? 0 == 0 || rate == 0 else {
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

        .named("Elu") { node throws(Fault) in
            Operators.Elu(alpha: try node.float("alpha") ?? 1)
        } write: { (elu: Operators.Elu, node) in
            node.set("alpha", elu.alpha, default: 1)
        },

        .later("Gelu", since: 20) { node throws(Fault) in
            Operators.Gelu(isApproximate: try node.text("approximate", oneOf: ["none", "tanh"]) == "tanh")
        },

        .named("HardSigmoid") { node throws(Fault) in
            Operators.HardSigmoid(alpha: try node.float("alpha") ?? 0.2, beta: try node.float("beta") ?? 0.5)
        } write: { (sigmoid: Operators.HardSigmoid, node) in
            node.set("alpha", sigmoid.alpha, default: 0.2)
            node.set("beta", sigmoid.beta, default: 0.5)
        },

        .named("LeakyRelu") { node throws(Fault) in
            Operators.LeakyRelu(alpha: try node.float("alpha") ?? 0.01)
        } write: { (relu: Operators.LeakyRelu, node) in
            node.set("alpha", relu.alpha, default: 0.01)
        },

        .named("Mod", since: 10) { node throws(Fault) in
            Operators.Mod(takesSignOfDividend: try node.flag("fmod") ?? false)
        } write: { (mod: Operators.Mod, node) in
            node.set("fmod", mod.takesSignOfDividend, default: false)
        },
    ]
}
