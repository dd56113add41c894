/// A dimension of a graph's input or output: a number, or a name for one that is known when the graph is run (`batch`, `time`).
public enum Dimension: Hashable, Sendable {
    case fixed(Int)
    case symbol(String)
}

extension Dimension: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, CustomStringConvertible {
    public init(integerLiteral value: Int) { self = .fixed(value) }
    public init(stringLiteral value: String) { self = .symbol(value) }

    public var description: String {
        switch self {
        case .fixed(let size): String(size)
        case .symbol(let name): name
        }
    }
}
