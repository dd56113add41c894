internal import Kernels

extension Operators {
    /// start, start + delta, start + 2·delta and so on, before limit is reached.
    ///
    /// - Shapes: start, limit and delta scalars of f32, i32 or i64, known beforehand → `[max(⌈(limit − start) / delta⌉, 0)]`.
    /// - Source: ONNX Range, opset 11.
    public struct Progression: Operator {
        public static let name = "Range"
        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 3...3)
            let type = try inputs.numeric(0, "start").elementType
            for (index, name) in ["start", "limit", "delta"].enumerated() {
                let operand = try inputs.required(index, name, type)
                guard operand.shape.elementCount == 1 else {
                    throw OperatorError("\(name) has shape \(operand.shape); one number is needed")
                }
            }
            return [TensorType(type, try Shape(inferred: [try Self.count(inputs, type)]))]
        }

        private static func count(_ inputs: Operands, _ type: ElementType) throws(OperatorError) -> Int {
            guard type != .f32 else {
                let start = Double(try inputs.floats(0, "start")[0]), limit = Double(try inputs.floats(1, "limit")[0])
                let steps = ((limit - start) / Double(try inputs.floats(2, "delta")[0])).rounded(.up)
                guard steps < 0x1p31 else { throw OperatorError("from \(start) to \(limit) in too many steps") }
                return steps > 0 ? Int(steps) : 0
            }
            let start = try inputs.integers(0, "start")[0], limit = try inputs.integers(1, "limit")[0]
            let delta = try inputs.integers(2, "delta")[0]
            guard delta != 0 else { throw OperatorError("a step of 0") }
            guard delta > 0 ? start < limit : start > limit else { return 0 }
            let distance = delta > 0 ? UInt(bitPattern: limit &- start) : UInt(bitPattern: start &- limit)
            return Int(clamping: (distance - 1) / delta.magnitude + 1)
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let count = step.outputShape().elementCount, type = step.inputType(0).elementType
            func floats(_ index: Int) -> Float { step.inputs[index]?.known?.floats[0] ?? 0 }
            switch type {
            case .f32:
                let start = floats(0), delta = floats(2)
                step.append(step.kernels.write((0..<count).map { start + Float($0) * delta }, to: step.output()))
            case .i32:
                let start = Int32(step.integers(0)[0]), delta = Int32(step.integers(2)[0])
                step.append(
                    step.kernels.write(
                        (0..<count).map { start &+ Int32(truncatingIfNeeded: $0) &* delta }, to: step.output()))
            default:
                let start = Int64(step.integers(0)[0]), delta = Int64(step.integers(2)[0])
                step.append(step.kernels.write((0..<count).map { start &+ Int64($0) &* delta }, to: step.output()))
            }
        }
    }
}
