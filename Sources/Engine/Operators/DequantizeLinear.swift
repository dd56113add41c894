internal import Kernels

extension Operators {
    /// y = (x − zero)·scale: integers as the floats that they stand for.
    ///
    /// - Shapes: x any, of i8, u8 or i32; scale f32, a single number, or `[D]` with as many as x has along the axis; zero as scale, of x's type, or left
    ///   out → x's shape.
    /// - Source: ONNX DequantizeLinear, without blocks.
    public struct DequantizeLinear: Operator {
        public static let name = "DequantizeLinear"
        /// Along which scales lie, where there are several; negative from the end.
        public var axis: Int

        public init(axis: Int = 1) { self.axis = axis }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...3)
            let x = try inputs.required(0, "x", nil), scale = try inputs.required(1, "x_scale").shape
            guard [.i8, .u8, .i32].contains(x.elementType) else {
                throw OperatorError("x has elements \(x.elementType.rawValue); i8, u8 and i32 are supported")
            }
            if scale.elementCount != 1 || scale.rank > 1 {
                guard let axis = x.shape.axis(axis), scale == [x.shape[axis]] else {
                    throw OperatorError(
                        "x_scale has shape \(scale); one number is needed, or as many as x \(x.shape) has along axis \(axis)"
                    )
                }
            }
            if inputs.optional(2) != nil {
                let zero = try inputs.required(2, "x_zero_point", x.elementType).shape
                guard zero.elementCount == scale.elementCount, zero.rank <= 1 else {
                    throw OperatorError("x_zero_point has shape \(zero) where x_scale has \(scale)")
                }
            }
            return [TensorType(.f32, x.shape)]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let type = step.inputType(0).elementType, shape = step.outputShape()
            // The scale and the zero as a shape that broadcasts.
            var each = Shape([])
            if step.shape(1).elementCount != 1, let axis = shape.axis(axis) {
                each = Shape([shape[axis]] + shape.dropFirst(axis + 1).map { _ in 1 })
            }
            let broadcast = Broadcast(
                sizes: Array(shape), strides: [shape.strides(broadcastTo: shape), each.strides(broadcastTo: shape)])
            step.append(
                step.kernels.convert(
                    step.input(0), from: type, to: step.output(), of: .f32,
                    temporary: { step.temporary(byteCount: $0) }))
            if let zero = step.optionalInput(2) {
                let floats = step.temporary(byteCount: each.elementCount * 4)
                step.append(
                    step.kernels.convert(
                        zero, from: type, to: floats, of: .f32, temporary: { step.temporary(byteCount: $0) }))
                step.append(step.kernels.arithmetic(.subtract, step.output(), floats, broadcast, to: step.output()))
            }
            step.append(step.kernels.arithmetic(.multiply, step.output(), step.input(1), broadcast, to: step.output()))
        }
    }
}
