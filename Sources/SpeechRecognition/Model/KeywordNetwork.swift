package import NeuralNetworks
package import Pipelines

/// The shape of a residual network over log-mel images, as a recipe says it.
///
/// A convolution of few channels with a stride (the stem), residual blocks of two 3 × 3 convolutions, the mean over time
/// and bands, and a dense layer. Source: He, Zhang, Ren, Sun 2016, "Deep Residual Learning for Image Recognition";
/// Tang, Lin 2018, "Deep Residual Learning for Small-Footprint Keyword Spotting".
package struct KeywordNetwork: RecipePart {
    /// A residual block.
    package struct Block: RecipePart {
        /// Channels of both convolutions.
        package var channels = 32
        /// Stride of the first, in time and in bands.
        package var stride = 1

        package init() {}

        package init(channels: Int, stride: Int = 1) {
            self.channels = channels
            self.stride = stride
        }

        package func validate() throws(RecipeFault) {
            try require("channels", channels, in: 1...4_096)
            try require("stride", stride, in: 1...4)
        }
    }

    /// Channels of the stem, a 5 × 5 convolution of stride 2.
    package var stem = 32
    package var blocks = [
        Block(channels: 32), Block(channels: 48, stride: 2), Block(channels: 48), Block(channels: 96, stride: 2),
    ]
    /// The share of the pooled channels that is set to 0 in training.
    package var dropout = 0.2

    /// The network of the shipped model.
    package init() {}

    package func validate() throws(RecipeFault) {
        try require("stem", stem, in: 1...4_096)
        guard blocks.count <= 100 else {
            throw RecipeFault("blocks", is: "\(blocks.count) blocks", accepted: "are 100")
        }
        try require("dropout", dropout, in: 0...0.95)
    }

    /// The layers.
    ///
    /// - Shapes: `[N, 1, frames, bands]` → `[N, classes]`, logits.
    package func layers(classes: Int) -> Sequential {
        var layers: [any Layer] = [
            Convolution(channels: stem, kernel: 5, stride: 2, padding: .all(2), hasBias: false),
            BatchNormalization(), Activation(.relu),
        ]
        var channels = stem
        for block in blocks {
            layers += [
                Residual.basicBlock(from: channels, to: block.channels, stride: block.stride), Activation(.relu),
            ]
            channels = block.channels
        }
        layers += [GlobalAveragePooling(), Flatten(), Dropout(Float(dropout)), Dense(classes)]
        return Sequential(layers)
    }
}
