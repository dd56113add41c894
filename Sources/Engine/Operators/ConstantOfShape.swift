internal import Kernels

extension Operators {
    /// One value everywhere.
    ///
    /// - Shapes: shape i64 `[r]`, known beforehand → r dimensions.
    /// - Source: ONNX ConstantOfShape.
    public struct ConstantOfShape: Operator {
        public static let name = "ConstantOfShape"
        /// Of the result.
        public let elementType: ElementType
        /// The value as little-endian bytes.
        let bytes: [UInt8]

        /// - Precondition: `value` has one element.
        public init(value: Tensor = Tensor(0)) {
            precondition(value.shape.elementCount == 1, "a value of shape \(value.shape)")
            elementType = value.elementType
            bytes = value.bytes
        }

        /// The value.
        public var value: Tensor {
            get throws(TensorError) { try Tensor(bytes: bytes, TensorType(elementType, [1])) }
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            return [TensorType(elementType, try Shape(inferred: try inputs.integers(0, "shape")))]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let value = step.temporary(byteCount: bytes.count)
            step.append(step.kernels.write(bytes, to: value))
            step.append(step.kernels.spread(value, elementBytes: bytes.count, to: step.output()))
        }
    }
}
