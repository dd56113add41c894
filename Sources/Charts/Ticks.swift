import Glibc

/// The marks of an axis and what is written at them.
package struct Ticks: Hashable {
    package var values: [Double]
    package var labels: [String]

    private static let none = Ticks(values: [], labels: [])

    /// About `count` multiples of 1, 2 or 5 times a power of ten in `range`; whole numbers only where `whole`.
    package static func linear(in range: ClosedRange<Double>, count: Int, whole: Bool = false) -> Ticks {
        let rough = (range.upperBound / 2 - range.lowerBound / 2) / Double(max(count, 1)) * 2
        guard rough > 0, rough.isFinite else { return .none }
        var exponent = Int(log10(rough).rounded(.down))
        var multiple = [1.0, 2, 5, 10].first { $0 * pow(10, Double(exponent)) >= rough * 0.999 } ?? 10
        if multiple == 10 { (multiple, exponent) = (1, exponent + 1) }
        if whole, exponent < 0 { (multiple, exponent) = (1, 0) }
        let step = multiple * pow(10, Double(exponent))
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard abs(first) < 1e12, abs(last) < 1e12, first <= last, last - first < 1_000 else { return .none }
        // A multiple of a power of ten is exact where it is divided, not where it is added up.
        let values = (Int(first)...Int(last)).map { index in
            let whole = Double(index) * multiple
            return exponent < 0 ? whole / pow(10, Double(-exponent)) : whole * pow(10, Double(exponent))
        }
        let largest = max(abs(range.lowerBound), abs(range.upperBound))
        let labels = values.map { value in
            if value == 0 { return "0" }
            if largest >= 1e7 || largest < 1e-3 { return scientific(value) }
            return NumberText.fixed(value, decimals: max(0, -exponent))
        }
        return Ticks(values: values, labels: labels)
    }

    /// Powers of ten in `range`, with 2 and 5 times them where these are few; where even those are few, linear ones.
    ///
    /// - Precondition: the range is positive, else there are none.
    package static func logarithmic(in range: ClosedRange<Double>, count: Int) -> Ticks {
        guard range.lowerBound > 0, range.upperBound.isFinite else { return .none }
        let (first, last) = (Int(log10(range.lowerBound).rounded(.down)), Int(log10(range.upperBound).rounded(.up)))
        let stride = max(1, (last - first) / max(count, 1))
        let decades = (first...last).filter { $0.isMultiple(of: stride) }
        for multiples in [[1.0], [1, 2, 5]] where stride == 1 || multiples.count == 1 {
            let values = decades.flatMap { decade in multiples.map { $0 * pow(10, Double(decade)) } }
                .filter { $0.isFinite && range.lowerBound * 0.999_999 <= $0 && $0 <= range.upperBound * 1.000_001 }
            if values.count >= 3 { return Ticks(values: values, labels: values.map(plain)) }
        }
        return linear(in: range, count: count)
    }

    /// `0.001`, `20`, `1e-6`
    private static func plain(_ value: Double) -> String {
        guard value >= 0.000_999, value < 1e6 else { return scientific(value) }
        return NumberText.fixed(value, decimals: max(0, -Int((log10(value) + 1e-9).rounded(.down))))
    }

    /// `2e-5`, `1.5e7`
    private static func scientific(_ value: Double) -> String {
        guard value.isNormal else { return value.description }
        var exponent = Int((log10(abs(value)) + 1e-9).rounded(.down))
        var tenths = (value / pow(10, Double(exponent)) * 10).rounded()
        if abs(tenths) >= 100 { (tenths, exponent) = (tenths / 10, exponent + 1) }
        let isWhole = tenths.truncatingRemainder(dividingBy: 10) == 0
        return NumberText.fixed(tenths / 10, decimals: isWhole ? 0 : 1) + "e\(exponent)"
    }
}
