import Terminal
import Testing

@Suite struct FigureTextTests {
    @Test(arguments: [
        (0, "0"), (0.32104, "0.3210"), (-1.5, "-1.500"), (12_345.6, "12346"), (9_999_999, "9999999"),
        (12_345_678, "1.235e7"), (0.000_123_4, "0.0001234"), (0.000_012_34, "1.234e-5"), (.nan, "nan"),
        (.infinity, "inf"),
    ])
    func `A metric has four significant digits`(value: Double, text: String) {
        #expect(FigureText.significant(value) == text)
    }

    @Test(arguments: [
        (6, "6.0/s"), (1_234.4, "1,234/s"), (99.6, "100/s"), (0.5, "30.0/min"), (0.001, "3.6/h"), (0, "0/s"),
        (.nan, "0/s"), (1e300, "1,000,000,000,000,000/s"),
    ])
    func `A rate has the unit that is read easily`(perSecond: Double, text: String) {
        #expect(FigureText.rate(perSecond: perSecond) == text)
    }

    @Test(arguments: [
        (0, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (90, "1 min 30 s"), (3_599, "59 min 59 s"),
        (7_500, "2 h 05 min"), (273_600, "3 d 4 h"), (.infinity, "11574074 d 1 h"), (-5, "0 s"),
    ])
    func `A duration has its two largest units`(seconds: Double, text: String) {
        #expect(FigureText.duration(seconds: seconds) == text)
    }
}
