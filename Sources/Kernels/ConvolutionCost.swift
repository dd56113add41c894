/// How long a convolution takes by an algorithm, about: what `Window.algorithm` chooses by.
///
/// Three kinds of work count, each with a time of its own: multiply-adds, numbers that are copied or transformed on their way into or out of
/// the products, and weights, which come from the outer caches. The times were fitted (least squares of relative errors) to the shortest
/// times of one thread on AMD Zen 4 for 3×3 windows of 8 to 256 channels on 3×3 to 56×56 pixels, directly and with each of the tiles, with
/// AVX-512 and with AVX2, each time with other weights from the third-level cache. By them the algorithm that is chosen takes 2.3 %
/// longer than the fastest on the mean over those shapes with AVX-512, and 3.1 % with AVX2.
///
/// The batch is left out on purpose: an image's bits must not depend on those beside it. So are the instruction set and the number of threads.
struct ConvolutionCost {
    /// A multiply-add, of columns in whole vectors.
    private static let multiplyAdd = 0.018
    /// A number that is copied or transformed.
    private static let number = 0.1
    private static let weight = 0.04

    let nanoseconds: Double

    /// The cost for one image.
    init(_ window: Window, _ algorithm: ConvolutionAlgorithm) {
        let channels = Double(window.input.channels), columns = Double(window.output.channels)
        let pixels = Double(window.output.height * window.output.width)
        func wholeVectors(_ count: Double) -> Double { (count / 16).rounded(.up) * 16 }
        /// Products of each pair of a channel and a column, and numbers on the way to them and from them.
        let products: Double, numbers: Double
        /// Numbers that a pair's taps become.
        let factors: Double
        switch algorithm {
        case .direct:
            factors = Double(window.taps)
            products = pixels * factors
            numbers = products * channels
        case .winograd(let tile):
            factors = Double(tile.components)
            products = Double(window.tilesOfImage(tile)) * factors
            numbers = products * (wholeVectors(channels) + wholeVectors(columns))
        }
        nanoseconds =
            Self.multiplyAdd * products * channels * wholeVectors(columns) + Self.number * numbers
            + Self.weight * factors * channels * columns
    }
}

extension Window {
    /// The fastest algorithm for the shape without the number of images.
    package var algorithm: ConvolutionAlgorithm {
        // Of fewer channels the products are too short to pay for the transforms.
        guard min(input.channels, output.channels) >= 8 else { return .direct }
        let costs = WinogradTile.allCases.filter { $0.side == side }.map { tile in
            (algorithm: ConvolutionAlgorithm.winograd(tile), cost: ConvolutionCost(self, .winograd(tile)).nanoseconds)
        }
        guard let best = costs.min(by: { $0.cost < $1.cost }) else { return .direct }
        // Its larger rounding errors must pay.
        return best.cost < 0.9 * ConvolutionCost(self, .direct).nanoseconds ? best.algorithm : .direct
    }
}
