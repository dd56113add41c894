internal import Kernels

/// Floats that are kept in fewer bits: f16, bf16, or integers of which each index along an axis has a unit.
///
/// In a graph, and so in a file, they are a constant of that type and the operator that makes floats of it, `Cast` or `DequantizeLinear`. Where
/// all who read them multiply by them, constant folding keeps them so.
public struct NarrowTensor: Sendable {
    /// f16, bf16 or i8.
    public let numbers: Tensor
    /// Of integers: a float for each index along `axis`; a number stands for itself times its scale.
    public let scales: Tensor?
    /// Along which the scales lie.
    public let axis: Int

    /// What they are in a graph.
    public var type: TensorType { TensorType(.f32, numbers.shape) }

    /// Tells apart what has the same numbers, for a cache that knows them.
    var scaleIdentity: String { scales.map { " \(ObjectIdentifier($0.storage))" } ?? "" }

    /// Elements with one scale after the other.
    private var inner: Int { numbers.shape.dropFirst(axis + 1).reduce(1, *) }

    /// The floats that they are.
    package var floats: Tensor {
        var values = numbers.floats
        if let scales = scales?.floats, !values.isEmpty {
            let inner = inner
            for place in values.indices { values[place] *= scales[place / inner % scales.count] }
        }
        return Tensor(values, shape: type.shape)
    }

    /// The floats of integers without their scales; others as they are.
    var unscaledFloats: Tensor { Tensor(numbers.floats, shape: type.shape) }

    /// The scales of elements that lie apart by a stride, from an offset on; nil where there are none.
    func scales(from offset: Int, stride: Int, count: Int) -> [Float]? {
        guard let scales = scales?.floats, !numbers.shape.isEmpty else { return nil }
        return (0..<count).map { scales[(offset + $0 * stride) / inner % scales.count] }
    }

    /// What a node makes of constants, where it makes floats of numbers that kernels multiply with: halves, and integers within ±127, around zero.
    ///
    /// - Parameter axis: the weights' axis, along which integers must have their scales.
    init?(_ node: Graph.Node, in graph: Graph, axis: Int) {
        func constant(_ index: Int) -> Tensor? {
            node.inputs.indices.contains(index) ? node.inputs[index].flatMap(graph.constant) : nil
        }
        guard let numbers = constant(0), numbers.shape.indices.contains(axis), numbers.shape.elementCount > 0 else {
            return nil
        }
        switch node.operation {
        case let cast as Operators.Cast:
            guard cast.elementType == .f32, [.f16, .bf16].contains(numbers.elementType) else { return nil }
            scales = nil
        case let dequantization as Operators.DequantizeLinear:
            let zero = constant(2)?.integers ?? [], hasZero = node.inputs.count > 2 && node.inputs[2] != nil
            let count = numbers.shape[axis]
            guard numbers.elementType == .i8, let scale = constant(1), !hasZero || !zero.isEmpty,
                zero.allSatisfy({ $0 == 0 }),
                scale.shape == [] || scale.shape == [count] && numbers.shape.axis(dequantization.axis) == axis,
                numbers.shape.elementCount / count <= NarrowForm.mostDepth,
                !numbers.bytes.contains(UInt8(bitPattern: -128))
            else { return nil }
            scales = scale.shape == [] ? Tensor(Array(repeating: scale.floats[0], count: count), shape: [count]) : scale
        default: return nil
        }
        self.numbers = numbers
        self.axis = axis
    }
}

extension Graph {
    /// The weights that a node makes of constants, where all who read them take them in fewer bits.
    func narrowWeights(of node: Node, readers: [[Int]]) -> NarrowTensor? {
        guard node.operation is Operators.Cast || node.operation is Operators.DequantizeLinear,
            let value = node.outputs.first, !readers[value.index].isEmpty,
            !outputs.contains(where: { $0.value == value }), !updates.contains(where: { $0.value == value })
        else { return nil }
        var axes: Set<Int> = []
        for reader in readers[value.index].map({ nodes[$0] }) {
            for (operand, input) in reader.inputs.enumerated() where input == value {
                guard reader.operation.takesNarrow(operand, type(of: value).shape),
                    let axis = reader.operation.weightAxis(operand)
                else { return nil }
                axes.insert(axis)
            }
        }
        return axes.count == 1 ? axes.first.flatMap { NarrowTensor(node, in: self, axis: $0) } : nil
    }
}
