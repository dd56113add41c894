package import Engine
internal import ModelFiles

extension Graph {
    /// The inputs' types for a batch: the first dimension of each, where that is symbolic, and all that have its symbol; others stay as they are.
    ///
    /// - Throws: `ShapeError` where no memory holds such a batch.
    package func inputTypes(batch: Int) throws -> [String: TensorType] {
        var types: [String: TensorType] = [:]
        let symbols = Set(
            inputs.compactMap { input in
                if case .symbol(let name) = input.dimensions.first { name } else { nil }
            })
        for input in inputs {
            let type = type(of: input.value)
            var shape = Array(type.shape)
            for (axis, dimension) in input.dimensions.enumerated() {
                if case .symbol(let name) = dimension, symbols.contains(name) { shape[axis] = batch }
            }
            types[self[input.value].name] = TensorType(type.elementType, try Shape(checking: shape))
        }
        return types
    }

    /// The graph of an ONNX file that is run with given tensors.
    ///
    /// Where an operator takes a shape, axes or the like from an input, all inputs but the first are constants; and the first too where
    /// that does not help. Those are no inputs of the graph any more.
    ///
    /// - Throws: `ModelFileError` that names the node, and what is wrong with it or not supported.
    package init(contentsOfONNX path: String, given: [(name: String, tensor: Tensor)]) throws {
        var refusal: (any Error)?
        for constants in [given[..<0], given.dropFirst(), given[...]] {
            var known: [String: Tensor] = [:]
            for (name, tensor) in constants { known[name] = tensor }
            do {
                self = try Graph(contentsOfONNX: path, known: known)
                return
            } catch let error as ModelFileError where error.isUnsupported { refusal = error }
        }
        throw refusal ?? ModelFileError(path, "cannot be read")
    }
}

extension RandomStream {
    /// Numbers for an input: floats from -1.7 to 1.7, whose variance is about 1; 0 or 1 where they may be indices or truth values.
    mutating func tensor(of type: TensorType) -> Tensor {
        let count = type.shape.elementCount
        switch type.elementType {
        case .f32: return Tensor((0..<count).map { _ in uniform(-1.7, 1.7) }, shape: type.shape)
        case .i64: return Tensor((0..<count).map { _ in Int64(integer(in: 0...1)) }, shape: type.shape)
        case .i32: return Tensor((0..<count).map { _ in Int32(integer(in: 0...1)) }, shape: type.shape)
        case .u8: return Tensor((0..<count).map { _ in UInt8(integer(in: 0...1)) }, shape: type.shape)
        case .bool: return Tensor((0..<count).map { _ in integer(in: 0...1) == 1 }, shape: type.shape)
        case .f16, .bf16, .i8: return Tensor(zeros: type.shape, type.elementType)
        }
    }
}
