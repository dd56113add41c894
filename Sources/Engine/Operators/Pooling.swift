internal import Kernels

extension SpatialWindow {
    /// The geometry that pooling kernels take.
    func pooling(_ input: ImageShape, countsPadding: Bool = false) throws(OperatorError) -> (
        shape: PoolingShape, output: ImageShape
    ) {
        let placed = try placed(height: input.height, width: input.width)
        let output = try input.with(channels: input.channels, placed.output).checked()
        let shape = PoolingShape(
            images: input.images, channels: input.channels, input: (input.height, input.width),
            output: (placed.output.vertical, placed.output.horizontal), kernel: (kernel.vertical, kernel.horizontal),
            strides: (strides.vertical, strides.horizontal), dilations: (dilations.vertical, dilations.horizontal),
            padsBegin: (placed.padsBegin.vertical, placed.padsBegin.horizontal),
            padsEnd: (placed.padsEnd.vertical, placed.padsEnd.horizontal), countIncludesPad: countsPadding)
        return (shape, output)
    }

    /// The geometry of a pooling whose shape rule has passed.
    func plannedPooling(_ shape: Shape, _ layout: ImageLayout, countsPadding: Bool = false) -> PoolingShape {
        precondition(layout == .channelsLast, "a pooling is planned before the layout pass")
        do {
            return try pooling(ImageShape(shape, layout), countsPadding: countsPadding).shape
        } catch {
            preconditionFailure(error.description)
        }
    }
}
