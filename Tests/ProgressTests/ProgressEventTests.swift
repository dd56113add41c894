import Progress
import Testing

@Suite struct ProgressEventTests {
    @Test(
        arguments: [
            (0, 10, 0.0), (5, 10, 0.5), (10, 10, 1), (12, 10, 1), (-1, 10, 0), (0, 0, 1), (3, -1, 1),
            (Int.max, Int.max, 1), (1, nil, nil),
        ] as [(Int, Int?, Double?)])
    func `The fraction lies between 0 and 1 and is unknown without a total`(
        completed: Int, total: Int?, fraction: Double?
    ) {
        #expect(TaskProgress("reading", unit: "files", completed: completed, total: total).fraction == fraction)
    }

    @Test func `Events are equal when all they say is equal`() {
        let task = TaskProgress("training", unit: "steps", completed: 1, metrics: [Metric("loss", 2)])
        #expect(ProgressEvent.advanced(task) == .advanced(task))
        #expect(ProgressEvent.advanced(task) != .finished(task))
    }
}
