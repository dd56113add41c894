/// An operator on images `[N, C, H, W]` that takes lines `[N, C, W]` too: as images of one row, which the pass `linesAsImages` makes
/// of them.
protocol SpatialOperator: Operator {
    /// The inputs that have the images' dimensions.
    var spatialInputs: [Int] { get }
    /// The shape rule for images.
    func inferImages(_ inputs: Operands) throws(OperatorError) -> [TensorType]
}

extension SpatialOperator {
    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        guard let shape = inputs.optional(0)?.shape, shape.rank == 3 else { return try inferImages(inputs) }
        var images = inputs
        for index in spatialInputs where inputs.types.indices.contains(index) {
            if let shape = inputs.types[index]?.shape, shape.rank == 3 { images.types[index]?.shape = shape.asImage }
        }
        return try inferImages(images).map {
            $0.shape.rank == 4 ? TensorType($0.elementType, $0.shape.asLine) : $0
        }
    }
}

extension Shape {
    /// `[N, C, W]` as `[N, C, 1, W]`.
    var asImage: Shape { [self[0], self[1], 1, self[2]] }
    /// `[N, C, 1, W]` as `[N, C, W]`.
    var asLine: Shape { [self[0], self[1], self[3]] }
}
