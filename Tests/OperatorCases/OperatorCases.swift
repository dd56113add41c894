/// The rows of all operators.
package enum OperatorCases {
    package static let all: [OperatorCase] =
        arithmetic + averagePool + batchNormalization + convolution + dequantizeLinear + dropout + flatten + gemm
        + globalAveragePool
        + matMul + maxPool + meanSquares + relu + reshape + softmax + softmaxCrossEntropy + transpose + updates
        + functions + choices + movements + resize + reductions + rowNormalizations + convTranspose + binaryCrossEntropy
        + gather + gru + invertedResidual + lstm + negativeLogLikelihood + piecewiseLinear + pixelUnshuffle

    /// Operators that gradients and passes write, and the operator whose rows run them.
    package static let coveredBy: [String: String] = [
        "AveragePoolGradient": "AveragePool",
        "BatchNormalizationGradient": "BatchNormalization",
        "BinaryCrossEntropyGradient": "BinaryCrossEntropy",
        "ChannelSum": "Conv",
        "ConvInputGradient": "Conv",
        "ConvWeightGradient": "Conv",
        "FunctionGradient": "Exp",
        "GRUGradient": "GRU",
        "GatherGradient": "Gather",
        "GlobalAveragePoolGradient": "GlobalAveragePool",
        "LSTMGradient": "LSTM",
        "MaxPoolGradient": "MaxPool",
        "ReduceToShape": "Add",
        "ReluGradient": "Relu",
        "Reshaped": "Reshape",
        "RowNormalizationGradient": "LayerNormalization",
        "Scale": "Sub",
        "Section": "Concat",
        "SoftmaxCrossEntropyGradient": "SoftmaxCrossEntropy",
        "SoftmaxGradient": "Softmax",
    ]
}
