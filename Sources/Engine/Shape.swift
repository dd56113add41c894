/// The dimensions of a tensor, outermost first; at most eight of them, each 0 or more.
///
/// A shape lies inline, so that making, copying and comparing one allocates nothing. The product of the dimensions fits into an `Int`
/// and so do the bytes of a tensor of this shape: `Shape(checking:)` refuses what does not, and what comes from a file is made by it.
public struct Shape: Sendable {
    /// The largest number of dimensions.
    public static let maximumRank = 8

    private var dimensions: InlineArray<8, Int>
    /// The number of dimensions; 0 is a scalar.
    public private(set) var rank: Int

    /// The shape of a scalar.
    public init() {
        dimensions = InlineArray(repeating: 1)
        rank = 0
    }

    /// A shape of known-good dimensions.
    ///
    /// - Precondition: what `init(checking:)` checks.
    public init(_ dimensions: some Collection<Int>) {
        switch Result(catching: { () throws(ShapeError) in try Shape(checking: dimensions) }) {
        case .success(let shape): self = shape
        case .failure(let error): preconditionFailure(error.description)
        }
    }

    /// A shape of dimensions that come from elsewhere.
    ///
    /// - Throws: `ShapeError` where there are more than eight, one is negative, or their product times eight bytes overflows.
    public init(checking dimensions: some Collection<Int>) throws(ShapeError) {
        self.init()
        guard dimensions.count <= Self.maximumRank else { throw ShapeError(Array(dimensions), .rank) }
        var product = 8
        for dimension in dimensions {
            guard dimension >= 0 else { throw ShapeError(Array(dimensions), .negative) }
            // A dimension of 0 must not hide an overflow of the others: strides are products too.
            let (next, overflow) = product.multipliedReportingOverflow(by: Swift.max(dimension, 1))
            guard !overflow else { throw ShapeError(Array(dimensions), .overflow) }
            product = next
            self.dimensions[rank] = dimension
            rank += 1
        }
    }

    /// The number of elements: the product of the dimensions, 1 for a scalar.
    public var elementCount: Int { reduce(1, *) }

    /// Elements between neighbours along each dimension of a contiguous tensor, innermost 1.
    public var strides: [Int] {
        var strides = Array(repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * self[axis + 1] }
        return strides
    }

    /// The axis that `axis` means, which counts from the end where it is negative; nil where there is none.
    public func axis(_ axis: Int) -> Int? {
        let resolved = axis < 0 ? axis + rank : axis
        return indices.contains(resolved) ? resolved : nil
    }

    /// The shape that both broadcast to, aligned at the innermost dimension (ONNX, "multidirectional broadcasting"); nil where
    /// they do not, or memory could not hold it.
    public func broadcast(with other: Shape) -> Shape? {
        let rank = Swift.max(self.rank, other.rank)
        var result = Shape()
        result.rank = rank
        for place in 1...Swift.max(rank, 1) where place <= rank {
            let a = place <= self.rank ? self[self.rank - place] : 1
            let b = place <= other.rank ? other[other.rank - place] : 1
            guard a == b || a == 1 || b == 1 else { return nil }
            result.dimensions[rank - place] = a == 1 ? b : a
        }
        return try? Shape(checking: result)
    }

    /// This shape with one dimension replaced.
    public func replacing(axis: Int, with dimension: Int) -> Shape {
        var copy = Array(self)
        copy[axis] = dimension
        return Shape(copy)
    }
}

extension Shape: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { rank }
    /// A dimension.
    ///
    /// - Precondition: `index` is below the rank.
    public subscript(index: Int) -> Int {
        precondition(index >= 0 && index < rank, "axis \(index) of a shape of \(rank) dimensions")
        return dimensions[index]
    }
}

extension Shape: Hashable {
    public static func == (left: Shape, right: Shape) -> Bool { left.elementsEqual(right) }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rank)
        for dimension in self { hasher.combine(dimension) }
    }
}

extension Shape: ExpressibleByArrayLiteral {
    public init(arrayLiteral dimensions: Int...) { self.init(dimensions) }
}

extension Shape: CustomStringConvertible {
    public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}

/// Dimensions that make no shape.
public struct ShapeError: Error, Hashable, CustomStringConvertible {
    /// What is wrong with them.
    public enum Fault: Hashable, Sendable { case rank, negative, overflow }

    /// As they were given.
    public var dimensions: [Int]
    /// What is wrong with them.
    public var fault: Fault

    init(_ dimensions: [Int], _ fault: Fault) {
        self.dimensions = dimensions
        self.fault = fault
    }

    public var description: String {
        let shape = "[" + dimensions.prefix(12).map(String.init).joined(separator: ", ") + "]"
        return switch fault {
        case .rank: "a shape of \(dimensions.count) dimensions; at most \(Shape.maximumRank) are supported"
        case .negative: "shape \(shape) has a negative dimension"
        case .overflow: "shape \(shape) has more elements than memory can hold"
        }
    }
}
