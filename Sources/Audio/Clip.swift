/// Sounds of an exact length, as a classifier wants them.
public enum Clip {
    /// A clip of `length` samples: a shorter sound in the middle of zeros, of a longer one the stretch of most energy.
    ///
    /// Where the zeros are odd in number, the greater half follows. Of stretches of equal energy the first is taken.
    /// Energies are sums of squares, in double precision.
    public static func exactly(_ length: Int, of samples: [Float]) -> [Float] {
        precondition(length >= 0, "a clip of \(length) samples")
        guard samples.count > length else {
            let before = (length - samples.count) / 2
            return [Float](repeating: 0, count: before) + samples
                + [Float](repeating: 0, count: length - before - samples.count)
        }
        let start = loudestStart(length, samples)
        return Array(samples[start..<start + length])
    }

    private static func loudestStart(_ length: Int, _ samples: [Float]) -> Int {
        let samples = samples.span
        func energy(_ i: Int) -> Double { Double(samples[i]) * Double(samples[i]) }
        var sum = 0.0
        for i in 0..<length { sum += energy(i) }
        var (best, start) = (sum, 0)
        for i in 0..<(samples.count - length) {
            sum += energy(i + length) - energy(i)
            if sum > best { (best, start) = (sum, i + 1) }
        }
        return start
    }
}
