package import Kernels

/// Numbers in a shape: a value, whose bytes are shared between copies and never change.
///
/// ```swift
/// let image = Tensor([0, 0.5, 0.5, 1], shape: [1, 1, 2, 2])
/// image.shape           // [1, 1, 2, 2]
/// image.floats          // [0, 0.5, 0.5, 1]
/// ```
public struct Tensor: Sendable {
    /// Element type and shape.
    public let type: TensorType
    package let storage: Storage

    /// The dimensions.
    public var shape: Shape { type.shape }
    /// Of each element.
    public var elementType: ElementType { type.elementType }

    /// A tensor on bytes that are there and change no more.
    ///
    /// - Precondition: `storage` has exactly the bytes of `type`.
    package init(_ type: TensorType, storage: Storage) {
        precondition(storage.byteCount == type.byteCount, "\(storage.byteCount) bytes for a tensor \(type)")
        self.type = type
        self.storage = storage
    }

    /// Floats in row-major order.
    ///
    /// - Precondition: as many values as the shape has elements.
    public init(_ values: [Float], shape: Shape) { self.init(values, .f32, shape) }

    /// Integers in row-major order, as `i64`.
    ///
    /// - Precondition: as many values as the shape has elements.
    @_disfavoredOverload  // a literal of whole numbers is of floats
    public init(_ values: [Int64], shape: Shape) { self.init(values, .i64, shape) }

    /// Integers in row-major order, as `i32`.
    ///
    /// - Precondition: as many values as the shape has elements.
    @_disfavoredOverload  // a literal of whole numbers is of floats
    public init(_ values: [Int32], shape: Shape) { self.init(values, .i32, shape) }

    /// Bytes in row-major order, as `u8`.
    ///
    /// - Precondition: as many values as the shape has elements.
    @_disfavoredOverload  // a literal of whole numbers is of floats
    public init(_ values: [UInt8], shape: Shape) { self.init(values, .u8, shape) }

    /// Truth values in row-major order.
    ///
    /// - Precondition: as many values as the shape has elements.
    public init(_ values: [Bool], shape: Shape) { self.init(values.map { $0 ? 1 : 0 as UInt8 }, .bool, shape) }

    private init<Element: BitwiseCopyable>(_ values: [Element], _ elementType: ElementType, _ shape: Shape) {
        precondition(values.count == shape.elementCount, "\(values.count) values for a tensor of shape \(shape)")
        self.init(TensorType(elementType, shape), storage: Storage(copying: values))
    }

    /// A scalar.
    public init(_ value: Float) { self.init([value], shape: []) }

    /// Zeros.
    public init(zeros shape: Shape, _ elementType: ElementType = .f32) {
        let type = TensorType(elementType, shape)
        self.init(type, storage: Storage(byteCount: type.byteCount))
    }

    /// A tensor of little-endian bytes, as files have them.
    ///
    /// - Throws: `TensorError` where the number of bytes is not the one that the type needs.
    public init(bytes: [UInt8], _ type: TensorType) throws(TensorError) { try self.init(bytes: bytes.span, type) }

    /// The same, of bytes that lie anywhere.
    package init(bytes: Span<UInt8>, _ type: TensorType) throws(TensorError) {
        guard bytes.count == type.byteCount else {
            throw TensorError("\(bytes.count) bytes where a tensor \(type) has \(type.byteCount)")
        }
        self.init(type, storage: Storage(copying: bytes))
    }

    /// A tensor of little-endian bytes that `fill` writes, a file's for example, without a copy in between.
    package init(_ type: TensorType, fill: (inout MutableSpan<UInt8>) throws -> Void) rethrows {
        let storage = Storage(byteCount: type.byteCount)
        try storage.withMutableBytes(fill)
        self.init(type, storage: storage)
    }

    /// The same elements in another shape.
    ///
    /// - Throws: `TensorError` where the numbers of elements differ.
    public func reshaped(to shape: Shape) throws(TensorError) -> Tensor {
        guard shape.elementCount == self.shape.elementCount else {
            throw TensorError("\(self.shape.elementCount) elements of shape \(self.shape) do not fill shape \(shape)")
        }
        return Tensor(TensorType(elementType, shape), storage: storage)
    }

    /// Some rows of the outermost dimension, in the given order.
    ///
    /// - Precondition: at least one dimension, and each index below the first.
    public func rows(_ indices: [Int]) -> Tensor {
        let count = shape[0], rowBytes = type.byteCount / max(count, 1)
        let result = Storage(byteCount: rowBytes * indices.count)
        for (place, index) in indices.enumerated() {
            precondition(index >= 0 && index < count, "row \(index) of \(count)")
            result.copy(from: storage, at: index * rowBytes, to: place * rowBytes, byteCount: rowBytes)
        }
        return Tensor(TensorType(elementType, shape.replacing(axis: 0, with: indices.count)), storage: result)
    }

    /// The elements as floats, converted where they are of another type.
    public var floats: [Float] {
        switch elementType {
        case .f32: storage.array(of: Float.self)
        case .f16: storage.array(of: Float16.self).map(Float.init)
        case .bf16: storage.array(of: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
        case .i8: storage.array(of: Int8.self).map(Float.init)
        case .u8, .bool: storage.array(of: UInt8.self).map(Float.init)
        case .i32: storage.array(of: Int32.self).map(Float.init)
        case .i64: storage.array(of: Int64.self).map(Float.init)
        }
    }

    /// The elements as integers; nil where the elements are floats.
    public var integers: [Int]? {
        switch elementType {
        case .f32, .f16, .bf16: nil
        case .i8: storage.array(of: Int8.self).map(Int.init)
        case .u8, .bool: storage.array(of: UInt8.self).map(Int.init)
        case .i32: storage.array(of: Int32.self).map(Int.init)
        case .i64: storage.array(of: Int64.self).map(Int.init)
        }
    }

    /// The elements as little-endian bytes.
    public var bytes: [UInt8] { storage.array(of: UInt8.self) }
}

extension Tensor: Equatable {
    /// Whether type, shape, and every bit are the same.
    public static func == (left: Tensor, right: Tensor) -> Bool {
        guard left.type == right.type else { return false }
        if left.storage === right.storage { return true }
        let a = left.storage.bytes, b = right.storage.bytes
        for index in a.indices where a[index] != b[index] { return false }
        return true
    }
}

extension Tensor: CustomStringConvertible {
    public var description: String { "Tensor \(type)" }
}

/// Numbers that do not fit the tensor that they are meant for.
public struct TensorError: Error, Hashable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
