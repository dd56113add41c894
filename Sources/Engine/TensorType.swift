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
