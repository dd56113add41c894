internal import Kernels

extension Operators {
    /// Cells of 2×2 pixels as pixels of four times the channels, what a pass writes before convolutions of stride 2:
    /// y[n, 4c + 2i + j, cy, cx] = x[n, c, 2cy + i − top, 2cx + j − left], zero outside of x.
    ///
    /// - Shapes: x `[N, C, H, W]` → y `[N, 4C, cells.vertical, cells.horizontal]`.
    /// - Source: Shi, Caballero, Huszár and others 2016, "Real-time single image and video super-resolution using an efficient sub-pixel
    ///   convolutional neural network", section 2.2, the other way round; with padding.
    package struct PixelUnshuffle: Operator {
        package static let name = "PixelUnshuffle"
        /// Rows and columns of zeros before the image.
        package var padding: SpatialWindow.Pair
        package var cells: SpatialWindow.Pair
        /// How y lies in memory; x always lies channels first.
        package var layout: ImageLayout = .channelsFirst

        package init(padding: SpatialWindow.Pair, cells: SpatialWindow.Pair) {
            self.padding = padding
            self.cells = cells
        }

        package func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            let x = try inputs.required(0, "x", rank: 4).shape
            guard min(padding.vertical, padding.horizontal, cells.vertical, cells.horizontal) >= 0, x[1] < 1 << 28
            else {
                throw OperatorError("\(x[1]) channels, padding \(padding), cells \(cells)")
            }
            let y = ImageShape(x, .channelsFirst).with(channels: 4 * x[1], cells)
            return [TensorType(.f32, try ImageShape(y.shape, .channelsFirst).laid(layout).checked().shape)]
        }

        package func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        package var channelsLast: ChannelsLast {
            guard layout == .channelsFirst else { return .no }
            var copy = self
            copy.layout = .channelsLast
            return .becomes(copy, images: [])
        }

        package func schedule(_ step: inout Step) throws(GraphError) {
            precondition(layout == .channelsLast, "an unshuffling is planned before the layout pass")
            let x = step.shape(0)
            step.append(
                step.kernels.pixelUnshuffle(
                    step.input(0), images: x[0], channels: x[1], height: x[2], width: x[3],
                    above: padding.vertical, left: padding.horizontal, cells: (cells.vertical, cells.horizontal),
                    to: step.output()))
        }
    }
}
