import Progress
import Terminal
import Testing

@Suite struct ProgressDrawingTests {
    private typealias Output = ProgressDrawing.Output

    private static func event(_ completed: Int, _ total: Int? = 2_000, loss: Double? = nil) -> ProgressEvent {
        .advanced(task(completed, total, loss: loss))
    }

    private static func task(_ completed: Int, _ total: Int? = 2_000, loss: Double? = nil) -> TaskProgress {
        TaskProgress(
            "training", unit: "steps", completed: completed, total: total,
            metrics: loss.map { [Metric("loss", $0), Metric("accuracy", 0.91)] } ?? [])
    }

    /// What is shown for events at their seconds.
    private func outputs(
        _ surface: ProgressDrawing.Surface, columns: Int = 120, _ events: [(Double, ProgressEvent)]
    ) -> [Output] {
        var drawing = ProgressDrawing(surface)
        return events.flatMap {
            drawing.outputs(for: $0.1, at: .milliseconds(Int(($0.0 * 1_000).rounded())), columns: columns)
        }
    }

    @Test(arguments: [ProgressDrawing.Surface.plain, .terminal(colour: true)])
    func `Work under two seconds is not spoken of`(surface: ProgressDrawing.Surface) {
        let events: [(Double, ProgressEvent)] = [
            (100, Self.event(0)), (101, Self.event(900)), (101.9, .finished(Self.task(2_000))),
        ]
        #expect(outputs(surface, events) == [])
    }

    @Test func `A plain line comes every ten seconds, and one at the end`() {
        let seconds = [0, 1.9, 3, 4, 12.9, 13, 14, 30]
        let events: [(Double, ProgressEvent)] =
            seconds.map { ($0, Self.event(Int($0 * 6), loss: 0.321)) } + [(333, .finished(Self.task(2_000)))]
        #expect(
            outputs(.plain, events) == [
                .line("training: 18 of 2,000 steps (0 %), 6.0/s, 5 min 30 s left, loss 0.3210, accuracy 0.9100"),
                .line("training: 78 of 2,000 steps (3 %), 6.0/s, 5 min 20 s left, loss 0.3210, accuracy 0.9100"),
                .line("training: 180 of 2,000 steps (9 %), 6.0/s, 5 min 03 s left, loss 0.3210, accuracy 0.9100"),
                .line("training: 2,000 steps in 5 min 33 s, 6.0/s"),
            ])
    }

    @Test func `A terminal's line is drawn at most ten times a second`() {
        let events = (0...100).map { (Double($0) / 20, Self.event($0)) }  // five seconds of 20 events each
        let shown = outputs(.terminal(colour: false), events)
        #expect(shown.count == 31)
        #expect(
            shown.last
                == .redraw(
                    "training ━━────────────────────────────  5 %  100 of 2,000 steps  20.0/s  1 min 35 s left"))
    }

    @Test func `A resumed task's rate is that of this run`() {
        #expect(
            outputs(.plain, [(0, Self.event(1_000)), (10, Self.event(1_100))]) == [
                .line("training: 1,100 of 2,000 steps (55 %), 10.0/s, 1 min 30 s left")
            ])
    }

    @Test func `Without a total there are no share and no time left`() {
        let events: [(Double, ProgressEvent)] = [
            (0, Self.event(0, nil)), (4, Self.event(2, nil)), (8, .finished(Self.task(5, nil))),
        ]
        #expect(
            outputs(.plain, events) == [
                .line("training: 2 steps, 30.0/min"), .line("training: 5 steps in 8 s, 37.5/min"),
            ])
        #expect(outputs(.terminal(colour: true), Array(events.prefix(2))) == [.redraw("training  2 steps  30.0/min")])
    }

    @Test func `A task that ends before its total says so`() {
        #expect(
            outputs(.plain, [(0, Self.event(0)), (5, .finished(Self.task(50)))]) == [
                .line("training: 50 of 2,000 steps in 5 s, 10.0/s")
            ])
    }

    @Test func `A task that stands still has no rate`() {
        #expect(
            outputs(.plain, [(0, Self.event(7)), (5, Self.event(7)), (16, Self.event(3))]) == [
                .line("training: 7 of 2,000 steps (0 %)"), .line("training: 3 of 2,000 steps (0 %)"),
            ])
    }

    @Test func `A message is shown at once`() {
        #expect(outputs(.plain, [(0, .message("resumed at step 400"))]) == [.line("resumed at step 400")])
    }

    @Test(arguments: [
        (95, "training ━━━────────  25 %  500 of 2,000 steps  50.0/s  30 s left  loss 1.000  accuracy 0.9100"),
        (90, "training  25 %  500 of 2,000 steps  50.0/s  30 s left  loss 1.000  accuracy 0.9100"),
        (60, "training  25 %  500 of 2,000 steps  50.0/s  30 s left  loss"), (10, "training "), (1, ""), (0, ""),
    ])
    func `A terminal's line fits in its width`(columns: Int, text: String) {
        let shown = outputs(
            .terminal(colour: false), columns: columns, [(0, Self.event(0)), (10, Self.event(500, loss: 1))])
        #expect(shown == [.redraw(text)])
        #expect(text.count <= max(0, columns - 1))
    }

    @Test func `A finished bar is full, in colour`() {
        let full = String(repeating: "━", count: 30)
        #expect(
            outputs(.terminal(colour: true), [(0, Self.event(0)), (10, Self.event(2_000))]) == [
                .redraw("training \u{1B}[36m\(full)\u{1B}[0;2m\u{1B}[0m  100 %  2,000 of 2,000 steps  200/s")
            ])
    }

    @Test func `Two tasks have a clock each`() {
        let evaluation = TaskProgress("evaluation", unit: "batches", completed: 1, total: 1)
        let events: [(Double, ProgressEvent)] = [
            (0, Self.event(0)), (5, .advanced(evaluation)), (6, .finished(evaluation)),
            (20, .finished(Self.task(2_000))),
        ]
        #expect(outputs(.plain, events) == [.line("training: 2,000 steps in 20 s, 100/s")])
    }
}
