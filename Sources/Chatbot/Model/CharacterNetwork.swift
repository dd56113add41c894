package import NeuralNetworks
package import Pipelines

/// The shape of a recurrent network over characters, as a recipe says it.
///
/// An embedding, layers of LSTM or GRU whose state goes on, and a dense layer. Source: Graves 2013, "Generating Sequences With
/// Recurrent Neural Networks"; dropout between the layers as Zaremba, Sutskever, Vinyals 2014, or
/// the same at each step, and of recurrent weights (``RecurrentDropout``).
package struct CharacterNetwork: RecipePart {
    /// What the layers are of.
    package enum Cell: String, Codable, CaseIterable, Sendable { case lstm, gru }

    package var cell = Cell.lstm
    /// Dimensions of a character's vector.
    package var embedding = 128
    /// Units of each layer.
    package var units = 512
    package var layers = 2
    /// The share of what goes into a layer, and into the last one, that is set to 0 in training.
    package var dropout = 0.0
    /// Whether those are the same at each step.
    package var variational = false
    /// The share of recurrent weights that is set to 0 in training.
    package var recurrentDropout = 0.0

    package init() {}

    package func validate() throws(RecipeFault) {
        try require("embedding", embedding, in: 1...4_096)
        try require("units", units, in: 1...8_192)
        try require("layers", layers, in: 1...16)
        try require("dropout", dropout, in: 0...0.95)
        try require("recurrent_dropout", recurrentDropout, in: 0...0.95)
    }

    /// The layers.
    ///
    /// - Shapes: i64 `[N, T]` → `[N, T, outputs]`, logits of the character that follows.
    package func layers(inputs: Int, outputs: Int) -> Sequential {
        let sharedAxis = variational ? 1 : nil
        let inner = RecurrentDropout(
            Float(dropout), isVariational: variational, recurrentWeights: Float(recurrentDropout))
        return Sequential {
            Embedding(inputs, dimensions: embedding)
            Dropout(Float(dropout), sharedAxis: sharedAxis)
            switch cell {
            case .lstm: LSTM(units, layers: layers, dropout: inner, carriesState: true, forgetBias: 1)
            case .gru: GRU(units, layers: layers, dropout: inner, carriesState: true)
            }
            Dropout(Float(dropout), sharedAxis: sharedAxis)
            Dense(outputs)
        }
    }
}
