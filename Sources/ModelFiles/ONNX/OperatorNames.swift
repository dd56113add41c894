import Engine

/// What our operators are in ONNX: a line or a paragraph each, in both directions.
///
/// Attributes are read with the defaults of the model's opset and written as those of `NodeWriting.opset`.
package enum OperatorNames {
    /// The names in `OperatorRegistry` that have an entry here; a test compares the two.
    package static var operators: [String] { all.map(\.name) }

    /// What an operator is called in ONNX; nil where it is our own and never in a file.
    package static func onnxName(of name: String) -> String? { byName[name]?.translation?.onnxName }

    /// The operators of ONNX that are read.
    package static var onnxNames: Set<String> {
        Set(byONNXName.keys).union(synonyms.keys).union(["Constant", "Identity"])
    }

    static let all: [OperatorEntry] = elementwise + recurrent + shapes + sums + windows + own

    /// Operators of losses, gradients, passes and optimizers, which stand in no file.
    private static let own: [OperatorEntry] =
        [
            "AdamWUpdate", "AveragePoolGradient", "BatchNormalizationGradient", "BinaryCrossEntropy",
            "BinaryCrossEntropyGradient", "ChannelSum", "ClipScale", "ConvInputGradient", "ConvWeightGradient",
            "FunctionGradient", "GlobalAveragePoolGradient", "InvertedResidual", "MaxPoolGradient", "MeanSquares",
            "MovingAverageUpdate", "PiecewiseLinear", "PixelUnshuffle", "ReduceToShape", "ReluGradient", "Reshaped",
            "RowNormalizationGradient",
            "SGDUpdate", "Scale", "Section", "SoftmaxCrossEntropyGradient", "SoftmaxGradient",
        ].map { .internal($0) }

    /// How an ONNX operator is read; nil where the opset has none of the name, or we have none.
    static func reading(ofONNX name: String, opset: Int) -> OperatorEntry.Reading? {
        let reading = byONNXName[name] ?? synonyms[name]
        return reading.flatMap { $0.opsets.contains(opset) ? $0 : nil }
    }

    /// The entry of one of our operators.
    static func entry(of operation: any Operator) -> OperatorEntry? { byName[operation.name] }

    private static let byONNXName = Dictionary(
        uniqueKeysWithValues: all.compactMap(\.translation).map { ($0.onnxName, $0.reading) })
    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
