internal import Glibc

/// How a weight starts. Fan-in is the number of inputs that each output sums, fan-out the number of outputs that each input reaches.
public enum Initializer: Hashable, Sendable {
    case zeros
    case ones
    /// Normal with deviation √(2 / fan-in), for what a ReLU follows (He, Zhang, Ren, Sun 2015, equation 10).
    case heNormal
    /// Uniform within ±√(6 / (fan-in + fan-out)) (Glorot, Bengio 2010, equation 16).
    case glorotUniform
    /// Uniform within ± a limit.
    case uniform(limit: Float)
    /// Zeros but for one of a number of equal blocks along the last dimension, which has a value: the bias of gates of which one is to begin open.
    case block(Int, of: Int, value: Float)
    /// Normal with a given deviation.
    case normal(deviation: Float)

    /// The starting weights; seed and name decide them.
    ///
    /// - Parameter shape: `[out, in, …]`, the rest being a kernel's positions, as convolutions and dense layers have it.
    func tensor(_ shape: Shape, seed: UInt64, name: String) -> Tensor {
        let count = shape.elementCount
        var random = RandomStream(seed: seed, name: name)
        let positions = shape.dropFirst(2).reduce(1, *)
        let fanIn = Float(max(1, (shape.rank > 1 ? shape[1] : 1) * positions))
        let fanOut = Float(max(1, (shape.first ?? 1) * positions))
        switch self {
        case .zeros: return Tensor(zeros: shape)
        case .ones: return Tensor(Array(repeating: Float(1), count: count), shape: shape)
        case .block(let block, let blocks, let value):
            let width = shape.last ?? 0
            return Tensor((0..<count).map { $0 % width * blocks / width == block ? value : 0 }, shape: shape)
        case .heNormal: return Tensor(Self.normal(count, (2 / fanIn).squareRoot(), &random), shape: shape)
        case .normal(let deviation): return Tensor(Self.normal(count, deviation, &random), shape: shape)
        case .glorotUniform:
            let limit = (6 / (fanIn + fanOut)).squareRoot()
            return Tensor((0..<count).map { _ in random.uniform(-limit, limit) }, shape: shape)
        case .uniform(let limit):
            return Tensor((0..<count).map { _ in random.uniform(-limit, limit) }, shape: shape)
        }
    }

    /// Box, Muller 1958.
    private static func normal(_ count: Int, _ deviation: Float, _ random: inout RandomStream) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count + 1)
        while values.count < count {
            let radius = (-2 * log(Double(1 - random.uniform()))).squareRoot() * Double(deviation)
            let angle = 2 * Double.pi * Double(random.uniform())
            values.append(Float(radius * cos(angle)))
            values.append(Float(radius * sin(angle)))
        }
        return Array(values.prefix(count))
    }
}
