/// Every operator there is. A test fails where one of them has no entry in the ONNX name table or no rows in the test table.
package enum OperatorRegistry {
    package static let all: [any Operator.Type] = [
        Operators.Add.self, Operators.AveragePool.self, Operators.BatchNormalization.self, Operators.Conv.self,
        Operators.Div.self, Operators.Dropout.self, Operators.Flatten.self, Operators.Gemm.self,
        Operators.GlobalAveragePool.self, Operators.MatMul.self, Operators.MaxPool.self, Operators.MeanSquares.self,
        Operators.Mul.self,
        Operators.Relu.self, Operators.Reshape.self, Operators.Softmax.self,
        Operators.SoftmaxCrossEntropy.self, Operators.Sub.self, Operators.Transpose.self,
        // Of gradients, passes and optimizers.
        Operators.AdamWUpdate.self, Operators.AveragePoolGradient.self, Operators.BatchNormalizationGradient.self,
        Operators.ChannelSum.self, Operators.ClipScale.self,
        Operators.ConvInputGradient.self, Operators.ConvWeightGradient.self, Operators.GlobalAveragePoolGradient.self,
        Operators.MaxPoolGradient.self,
        Operators.MovingAverageUpdate.self, Operators.ReduceToShape.self, Operators.ReluGradient.self,
        Operators.Reshaped.self, Operators.Scale.self, Operators.SGDUpdate.self,
        Operators.SoftmaxCrossEntropyGradient.self, Operators.SoftmaxGradient.self,
    ]
}
