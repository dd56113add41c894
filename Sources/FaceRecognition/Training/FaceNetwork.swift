package import NeuralNetworks
package import Pipelines

/// The shape of a residual network over chips of faces, as a recipe says it.
///
/// A 3 × 3 convolution, residual blocks that halve width and height, all of it to a vector, and the cosines between that and a direction a
/// person. Sources: He, Zhang, Ren, Sun 2016, "Deep Residual Learning for Image Recognition"; Deng, Guo, Xue, Zafeiriou 2019, "ArcFace", arXiv
/// 1801.07698, section 3.1 (batch normalisation, dropout, dense layer and batch normalisation instead of a mean over the picture).
package struct FaceNetwork: RecipePart {
    /// Channels of the first convolution.
    package var stem = 16
    /// Channels of the blocks; each has half the width and height of the one before.
    package var blocks = [16, 32, 64, 96]
    /// The share of the last block's numbers that is set to 0 in training.
    package var dropout = 0.2
    /// Numbers of a face's vector.
    package var embedding = 128

    package init() {}

    package func validate() throws(RecipeFault) {
        try require("stem", stem, in: 1...4_096)
        guard blocks.count <= 8 else {
            throw RecipeFault("blocks", is: "\(blocks.count) blocks", accepted: "are 8")
        }
        for channels in blocks { try require("blocks", channels, in: 1...4_096) }
        try require("dropout", dropout, in: 0...0.95)
        try require("embedding", embedding, in: 2...4_096)
    }

    /// The layers.
    ///
    /// - Shapes: `[N, 3, side, side]` → `[N, people]`, cosines; the finished network also gives `[N, embedding]`, of length 1.
    package func layers(people: Int) -> some Layer {
        var layers: [any Layer] = [
            Convolution(channels: stem, kernel: 3, padding: .all(1), hasBias: false), BatchNormalization(),
            Activation(.relu),
        ]
        var channels = stem
        for width in blocks {
            layers += [Residual.basicBlock(from: channels, to: width, stride: 2), Activation(.relu)]
            channels = width
        }
        layers += [Flatten(), Dropout(Float(dropout)), Dense(embedding, hasBias: false), BatchNormalization()]
        return PersonClassifier(body: Sequential(layers), people: people)
    }
}

/// Vectors of faces, and how near they are to each person's direction.
struct PersonClassifier: Layer {
    var body: Sequential
    var people: Int
    var kind: String { "person_classifier" }

    func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let features = body.layers.isEmpty ? x : try network.append(body, x)
        let embedding = try network.append(UnitLength(), features)
        network.addOutput(EmbedderMetadata.output, embedding)
        return try network.append(CosineClassifier(people), embedding)
    }
}
