/// Every operator there is. A test fails where one of them has no entry in the ONNX name table or no rows in the test table.
package enum OperatorRegistry {
    package static let all: [any Operator.Type] = [
        Operators.Abs.self, Operators.Add.self, Operators.And.self, Operators.ArgMax.self, Operators.AveragePool.self,
        Operators.BatchNormalization.self, Operators.BinaryCrossEntropy.self, Operators.Cast.self,
        Operators.Clip.self, Operators.Concat.self, Operators.ConstantOfShape.self, Operators.Conv.self,
        Operators.ConvTranspose.self, Operators.Div.self, Operators.Dropout.self, Operators.Elu.self,
        Operators.Equal.self, Operators.Erf.self, Operators.Exp.self, Operators.Expand.self, Operators.Flatten.self,
        Operators.GRU.self, Operators.Gather.self, Operators.Gelu.self, Operators.Gemm.self, Operators.GlobalAveragePool.self, Operators.GlobalMaxPool.self,
        Operators.Greater.self, Operators.GreaterOrEqual.self, Operators.GroupNormalization.self,
        Operators.HardSigmoid.self, Operators.HardSwish.self, Operators.InstanceNormalization.self,
        Operators.LSTM.self, Operators.LayerNormalization.self, Operators.LeakyRelu.self, Operators.Less.self, Operators.LessOrEqual.self,
        Operators.Log.self, Operators.LogSoftmax.self, Operators.MatMul.self, Operators.Max.self,
        Operators.MaxPool.self, Operators.MeanSquares.self, Operators.Min.self, Operators.Mul.self,
        Operators.Neg.self, Operators.Not.self, Operators.Or.self, Operators.PRelu.self, Operators.Pad.self,
        Operators.Pow.self, Operators.ReduceL2.self, Operators.ReduceMax.self, Operators.ReduceMean.self,
        Operators.ReduceMin.self, Operators.ReduceSum.self, Operators.Relu.self, Operators.Reshape.self,
        Operators.Resize.self, Operators.ShapeOf.self, Operators.Sigmoid.self, Operators.Slice.self,
        Operators.Softmax.self, Operators.SoftmaxCrossEntropy.self, Operators.Softplus.self, Operators.Split.self,
        Operators.Sqrt.self, Operators.Squeeze.self, Operators.Sub.self, Operators.Tanh.self,
        Operators.Transpose.self, Operators.Unsqueeze.self, Operators.Where.self, Operators.Xor.self,
        // Of gradients, passes and optimizers.
        Operators.AdamWUpdate.self, Operators.AveragePoolGradient.self, Operators.BatchNormalizationGradient.self,
        Operators.BinaryCrossEntropyGradient.self, Operators.ChannelSum.self, Operators.ClipScale.self,
        Operators.ConvInputGradient.self, Operators.ConvWeightGradient.self, Operators.FunctionGradient.self, Operators.GRUGradient.self, Operators.GatherGradient.self,
        Operators.GlobalAveragePoolGradient.self, Operators.LSTMGradient.self, Operators.LogSoftmaxGradient.self, Operators.MaxPoolGradient.self,
        Operators.MovingAverageUpdate.self, Operators.ReduceToShape.self, Operators.ReluGradient.self,
        Operators.Reshaped.self, Operators.RowNormalizationGradient.self, Operators.SGDUpdate.self,
        Operators.Scale.self, Operators.Section.self, Operators.SoftmaxCrossEntropyGradient.self,
        Operators.SoftmaxGradient.self,
    ]
}
