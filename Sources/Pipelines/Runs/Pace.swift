/// How long an epoch will take, measured over the first steps.
struct Pace {
    /// Steps whose plans are made and memory is taken on the way, so that they say nothing.
    private static let skipped = 3
    private static let measured = 20
    private static let longest = Duration.seconds(10)

    private var steps = 0
    private var start: ContinuousClock.Instant?
    private var isKnown = false

    /// Counts a step; gives the time that one takes, once, when it is known.
    mutating func step(at now: ContinuousClock.Instant) -> Duration? {
        guard !isKnown else { return nil }
        steps += 1
        if steps == Self.skipped { start = now }
        guard let start, steps > Self.skipped else { return nil }
        guard steps - Self.skipped >= Self.measured || now - start >= Self.longest else { return nil }
        isKnown = true
        return (now - start) / (steps - Self.skipped)
    }

    /// About how long something takes, as one says it: `about 3 minutes`.
    static func words(_ duration: Duration) -> String {
        if duration < .seconds(1) { return "less than a second" }
        let seconds = Int((duration / .seconds(1)).rounded())
        func count(_ number: Int, _ unit: String) -> String { "about \(number) \(unit)" + (number == 1 ? "" : "s") }
        if seconds < 100 { return count(seconds, "second") }
        let minutes = (seconds + 30) / 60
        return minutes < 100 ? count(minutes, "minute") : count((minutes + 30) / 60, "hour")
    }
}
