/// What a tensor's elements are. Arithmetic is in `f32`, and exact in `i32` and `i64` for shapes and indices.
public enum ElementType: String, Hashable, Sendable, CaseIterable, Codable {
    case f32, f16, bf16, i8, u8, i32, i64, bool

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .f32, .i32: 4
        case .f16, .bf16: 2
        case .i8, .u8, .bool: 1
        case .i64: 8
        }
    }
}

/// An element type and the dimensions.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
    /// Of each element.
    public var elementType: ElementType
    /// The dimensions.
    public var shape: Shape

    /// A type; of floats unless said otherwise.
    public init(_ elementType: ElementType = .f32, _ shape: Shape) {
        self.elementType = elementType
        self.shape = shape
    }

    /// Bytes of a tensor of this type.
    public var byteCount: Int { shape.elementCount * elementType.byteCount }

    public var description: String { "\(elementType.rawValue)\(shape)" }
}
