import Engine

extension OperatorNames {
    /// ONNX's operators that are others of ours, with a constant, or under another name: they are read, and written as those.
    static let synonyms: [String: OperatorEntry.Reading] = [
        // To the elements of another tensor.
        "CastLike": .init(opsets: 15...(.max)) { node throws(Fault) in
            // How floats of 8 bits saturate, which there are none of.
            _ = try node.integer("saturate")
            guard node.types.count == 2, let target = node.types[1] else { throw Fault("it has no second input") }
            node.inputs.removeLast()
            return Operators.Cast(to: target.elementType)
        },
        // 1 / x.
        "Reciprocal": .init(opsets: 6...(.max)) { node throws(Fault) in
            node.inputs.insert(nil, at: 0)
            node.addInput(0, Tensor(1))
            return Operators.Div()
        },
        // What Resize was called before it had its name.
        "Upsample": .init(opsets: 9...9) { node throws(Fault) in try readResize(&node) },
    ]
}
