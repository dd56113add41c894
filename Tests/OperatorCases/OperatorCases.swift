/// The rows of all operators.
package enum OperatorCases {
    package static let all: [OperatorCase] =
        arithmetic + averagePool + batchNormalization + convolution + dropout + flatten + gemm + globalAveragePool
        + matMul + maxPool + meanSquares + relu + reshape + softmax + softmaxCrossEntropy + transpose + updates

    /// Operators that gradients and passes write, and the operator whose rows run them.
    package static let coveredBy: [String: String] = [
        "AveragePoolGradient": "AveragePool",
        "BatchNormalizationGradient": "BatchNormalization",
        "ChannelSum": "Conv",
        "ConvInputGradient": "Conv",
        "ConvWeightGradient": "Conv",
        "GlobalAveragePoolGradient": "GlobalAveragePool",
        "MaxPoolGradient": "MaxPool",
        "ReduceToShape": "Add",
        "ReluGradient": "Relu",
        "Reshaped": "Reshape",
        "Scale": "Sub",
        "SoftmaxCrossEntropyGradient": "SoftmaxCrossEntropy",
        "SoftmaxGradient": "Softmax",
    ]
}
