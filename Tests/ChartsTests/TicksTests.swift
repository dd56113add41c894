import Charts
import Testing

struct TickRow: CustomTestStringConvertible, Sendable {
    var range: ClosedRange<Double>
    var labels: [String]
    var whole = false
    var logarithmic = false

    var testDescription: String { "\(range)\(whole ? " whole" : "")\(logarithmic ? " logarithmic" : "")" }
}

@Suite struct TicksTests {
    @Test(arguments: [
        TickRow(range: 0...1, labels: ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map { $0 == "0.0" ? "0" : $0 }),
        TickRow(range: 0.1...0.3, labels: ["0.10", "0.15", "0.20", "0.25", "0.30"]),
        TickRow(range: -1...1, labels: ["−1.0", "−0.5", "0", "0.5", "1.0"]),
        TickRow(range: 0...20_000, labels: ["0", "5,000", "10,000", "15,000", "20,000"]),
        TickRow(range: 0...3e8, labels: ["0", "1e8", "2e8", "3e8"]),
        TickRow(range: 0...0.0005, labels: ["0", "1e-4", "2e-4", "3e-4", "4e-4", "5e-4"]),
        TickRow(range: 1...3, labels: ["1", "2", "3"], whole: true),
        TickRow(range: 0.5...1.5, labels: ["1"], whole: true),
        TickRow(range: 5...5, labels: []),
        TickRow(range: 0...Double.infinity, labels: []),
        TickRow(range: 1e15...(1e15 + 1), labels: []),
        TickRow(range: 0.001...1, labels: ["0.001", "0.01", "0.1", "1"], logarithmic: true),
        TickRow(range: 0.04...1.2, labels: ["0.05", "0.1", "0.2", "0.5", "1"], logarithmic: true),
        TickRow(range: 0.5...0.6, labels: ["0.50", "0.52", "0.54", "0.56", "0.58", "0.60"], logarithmic: true),
        TickRow(range: 1e-9...1e6, labels: ["1e-9", "1e-6", "0.001", "1", "1,000", "1e6"], logarithmic: true),
        TickRow(range: -1...5, labels: [], logarithmic: true),
    ])
    func `Ticks are round numbers in the range`(_ row: TickRow) {
        let ticks =
            row.logarithmic
            ? Ticks.logarithmic(in: row.range, count: 5) : Ticks.linear(in: row.range, count: 5, whole: row.whole)
        #expect(ticks.labels == row.labels)
        #expect(ticks.values.count == ticks.labels.count)
        #expect(ticks.values == ticks.values.sorted())
    }

    @Test func `Every range has a moderate number of ticks`() {
        for exponent in -12...12 {
            for mantissa in stride(from: 1.0, to: 10, by: 0.37) {
                var scale = 1.0
                for _ in 0..<abs(exponent) { scale *= exponent < 0 ? 0.1 : 10 }
                let ticks = Ticks.linear(in: 0...(mantissa * scale), count: 5)
                #expect((3...7).contains(ticks.values.count), "\(mantissa)e\(exponent)")
            }
        }
    }

    @Test(arguments: [[Double.greatestFiniteMagnitude], [-.greatestFiniteMagnitude], [.leastNonzeroMagnitude], []])
    func `Every axis has an end`(values: [Double]) {
        for (logarithmic, whole, margin) in [
            (false, false, 0), (false, true, 0.1), (true, false, 0), (true, false, 0.1),
        ] {
            let axis = Axis(showing: values, logarithmic: logarithmic, whole: whole, margin: margin)
            #expect(axis.ticks(count: 5).values.count < 12)
        }
    }

    @Test func `An axis goes from its lowest to its highest value and skips what it cannot show`() {
        let axis = Axis(showing: [2, .nan, 4, -.infinity])
        #expect(axis.position(of: 2) == 0)
        #expect(axis.position(of: 3) == 0.5)
        #expect(axis.position(of: 4) == 1)
        #expect(axis.position(of: .nan) == nil)
        let logarithmic = Axis(showing: [0, 0.01, 1], logarithmic: true)
        #expect(logarithmic.position(of: 0.1) == 0.5)
        #expect(logarithmic.position(of: 0) == nil)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1.0k"), (12_345, "12k"), (999_499, "999k"), (999_999, "1.0M"),
        (3_400_000, "3.4M"),
        (.max, "9,223,372,037G"), (-1_500, "−1.5k"),
    ])
    func `A short count has few characters`(count: Int, text: String) {
        #expect(NumberText.short(count) == text)
    }

    @Test(arguments: [
        (0, 2, "0.00"), (1234.5, 1, "1,234.5"), (-0.001, 2, "0.00"), (-0.01, 2, "−0.01"), (0.995, 0, "1"),
        (1e300, 2, "1e+300"),
    ])
    func `A fixed number has its decimals`(value: Double, decimals: Int, text: String) {
        #expect(NumberText.fixed(value, decimals: decimals) == text)
    }
}
