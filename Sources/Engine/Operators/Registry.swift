/// Every operator there is. A test fails where one of them has no entry in the ONNX name table or no rows in the test table.
package enum OperatorRegistry {
    package static let all: [any Operator.Type] = [
        Add.self, AveragePool.self, BatchNormalization.self, Conv.self, Div.self, Dropout.self, Flatten.self, Gemm.self,
        GlobalAveragePool.self, MatMul.self, MaxPool.self, Mul.self, Relu.self, Reshape.self, Softmax.self,
        SoftmaxCrossEntropy.self, Sub.self, Transpose.self,
        // Of gradients, passes and optimizers.
        AdamWUpdate.self, AveragePoolGradient.self, BatchNormalizationGradient.self, ChannelSum.self, ClipScale.self,
        ConvInputGradient.self, ConvWeightGradient.self, GlobalAveragePoolGradient.self, MaxPoolGradient.self,
        MovingAverageUpdate.self, ReduceToShape.self, ReluGradient.self, Reshaped.self, Scale.self, SGDUpdate.self,
        SoftmaxCrossEntropyGradient.self, SoftmaxGradient.self,
    ]
}
