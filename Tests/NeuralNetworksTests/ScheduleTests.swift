import Foundation
import NeuralNetworks
import Testing

@Suite struct ScheduleTests {
    @Test(
        "a schedule's rates are those of its table",
        arguments: [
            (.constant(rate: 0.5), [(0, 0.5), (1, 0.5), (1_000_000, 0.5)]),
            (.constant(rate: 0.5, warmUp: 4), [(0, 0.125), (1, 0.25), (2, 0.375), (3, 0.5), (4, 0.5), (99, 0.5)]),
            (
                .cosine(peak: 2, steps: 4),
                [(0, 2), (1, 1 + 0.5.squareRoot()), (2, 1), (3, 1 - 0.5.squareRoot()), (4, 0), (5, 0), (1000, 0)]
            ),
            (.cosine(peak: 2, warmUp: 2, steps: 6), [(0, 1), (1, 2), (2, 2), (4, 1), (6, 0), (7, 0)]),
            (.cosine(peak: 2, warmUp: 2, steps: 3), [(0, 1), (1, 2), (2, 2), (3, 0)]),
            // A warm-up that is longer than the whole.
            (.cosine(peak: 2, warmUp: 4, steps: 2), [(0, 0.5), (3, 2), (4, 0), (5, 0), (6, 0)]),
            (.cosine(peak: 2, warmUp: 4, steps: 4), [(3, 2), (4, 0), (5, 0)]),
            (.cosine(peak: 2, steps: 0), [(0, 0), (1, 0)]),
        ] as [(Schedule, [(Int, Double)])])
    func table(_ schedule: Schedule, _ rates: [(Int, Double)]) {
        for (step, rate) in rates { #expect(abs(Double(schedule.rate(at: step)) - rate) < 1e-6, "step \(step)") }
    }

    @Test("a cosine falls from its peak to zero and never rises") func falls() {
        let schedule = Schedule.cosine(peak: 3e-3, warmUp: 100, steps: 2_000)
        for step in 1..<100 { #expect(schedule.rate(at: step) > schedule.rate(at: step - 1)) }
        for step in 101...2_100 { #expect(schedule.rate(at: step) <= schedule.rate(at: step - 1)) }
    }
}
