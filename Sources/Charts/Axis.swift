import Glibc

/// From values to places along a line, and the marks there.
package struct Axis {
    private let range: ClosedRange<Double>
    private let isLogarithmic: Bool
    private let isWhole: Bool

    /// An axis that shows all `values` that it can: finite ones, and above 0 on a logarithmic axis.
    ///
    /// `margin` is the share that stays free at both ends.
    package init(
        showing values: some Sequence<Double>, logarithmic: Bool = false, whole: Bool = false, margin: Double = 0
    ) {
        isLogarithmic = logarithmic
        isWhole = whole && !logarithmic
        var (lowest, highest) = (Double.infinity, -Double.infinity)
        for value in values where value.isFinite && (!logarithmic || value > 0) {
            (lowest, highest) = (min(lowest, value), max(highest, value))
        }
        if lowest > highest { (lowest, highest) = logarithmic ? (0.1, 1) : (0, 1) }
        if logarithmic {
            if highest / lowest < 1.000_001 { (lowest, highest) = (lowest / 2, highest * 2) }
            let factor = pow(highest / lowest, margin)
            range = max(lowest / factor, .leastNonzeroMagnitude)...min(highest * factor, .greatestFiniteMagnitude)
        } else {
            let largest = max(abs(lowest), abs(highest))
            if highest / 2 - lowest / 2 <= largest * 1e-9 {
                let room = whole ? 1 : max(largest * 0.05, largest == 0 ? 1 : .leastNormalMagnitude)
                lowest = max(lowest - room, -.greatestFiniteMagnitude)
                highest = min(highest + room, .greatestFiniteMagnitude)
            }
            let room = highest * margin - lowest * margin
            range = max(lowest - room, -.greatestFiniteMagnitude)...min(highest + room, .greatestFiniteMagnitude)
        }
    }

    /// Where `value` lies: 0 at the beginning, 1 at the end; `nil` where it cannot be shown.
    package func position(of value: Double) -> Double? {
        guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
        let (low, high) = (range.lowerBound, range.upperBound)
        let position =
            isLogarithmic
            ? (log(value) - log(low)) / (log(high) - log(low))
            : (value / 2 - low / 2) / (high / 2 - low / 2)
        return position.isFinite ? min(max(position, -1), 2) : nil
    }

    /// About `count` marks.
    package func ticks(count: Int) -> Ticks {
        isLogarithmic ? .logarithmic(in: range, count: count) : .linear(in: range, count: count, whole: isWhole)
    }
}
