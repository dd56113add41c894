/// Powers of log-mel values, which are whole numbers from 0 to 255, by table.
struct ValuePowers: Sendable {
    /// The power of a value.
    let powers: [Float]
    private let sums: [Int]
    private let scale: Float

    /// - Parameter scale: units that are a factor e.
    init(scale: Float) {
        self.scale = scale
        powers = (0...255).map { exponential(Float($0) / scale) }
        sums = (0...255).map { Int((scale * logarithm(1 + exponential(-Float($0) / scale))).rounded()) }
    }

    /// What a unit is in dB.
    var decibelsOfUnit: Float { 10 * 0.434_294_48 / scale }

    /// The value of the mean power.
    func meanLevel(_ values: ArraySlice<UInt8>) -> Float {
        var sum: Float = 0
        for value in values { sum += powers[Int(value)] }
        return scale * logarithm(sum / Float(max(values.count, 1)))
    }

    /// By how much the value of a sum of two powers lies above the greater of them.
    func sum(apart: Int) -> Int { sums[min(apart, 255)] }
}
