internal import Glibc

/// Whether a payment was a fraud, as far as anybody has said.
package enum Label: UInt8, Sendable, Codable {
    case unknown, genuine, fraud
}

/// A payment as a history keeps it, with sums over all payments of its key up to it.
struct PastPayment: Sendable {
    /// In microseconds, as `Timestamp` has them.
    var time: Int64
    /// Which of all payments it is, in the order in which they came.
    var number: Int
    /// What was paid.
    var amount: Double
    /// The amount against the habit, as it was known when the payment was made.
    var ratio: Double
    /// Whether the habit is made of payments like it.
    var isOrdinary: Bool
    /// Whether it is larger than the habit explains.
    var isLarge: Bool
    /// What counts once the delay is over.
    var label: Label
    /// Over all payments of the key up to this one.
    private(set) var sums = Sums()

    /// What is added up. Windows are differences of two of them; what is about labels is only ever taken from payments that are older than the
    /// delay.
    struct Sums: Sendable {
        var count = 0, ordinary = 0, large = 0
        var amount = 0.0, logAmount = 0.0, ratio = 0.0, ordinaryAmount = 0.0
        var genuine = 0, fraud = 0
        /// Frauds whose amount was no larger than the habit explains.
        var unexplained = 0
        var genuineAmount = 0.0
        /// Unexplained frauds since the latest genuine payment, and the time of the first payment since then.
        var run = 0
        var runStart = never
        var latest = never, latestLarge = never, latestGenuine = never, latestUnexplained = never
    }

    /// What stands for the time of something that has not happened.
    static let never = Int64.min
    /// Ratios count for no more than this in a mean.
    private static let mostRatio = 20.0

    init(
        time: Int64, number: Int, amount: Double, ratio: Double, isOrdinary: Bool, isLarge: Bool, label: Label
    ) {
        self.time = time
        self.number = number
        self.amount = amount
        self.ratio = ratio
        self.isOrdinary = isOrdinary
        self.isLarge = isLarge
        self.label = label
    }

    /// Makes its sums from those of the payment before.
    mutating func sum(after previous: Sums) {
        sums = previous
        sums.count += 1
        sums.amount += amount
        sums.logAmount += log1p(amount)
        sums.ratio += min(ratio, Self.mostRatio)
        sums.latest = time
        if isOrdinary {
            sums.ordinary += 1
            sums.ordinaryAmount += amount
        }
        if isLarge {
            sums.large += 1
            sums.latestLarge = time
        }
        switch label {
        case .unknown: break
        case .genuine:
            sums.genuine += 1
            sums.genuineAmount += amount
            sums.latestGenuine = time
            (sums.run, sums.runStart) = (0, Self.never)
        case .fraud:
            sums.fraud += 1
            if sums.runStart == Self.never { sums.runStart = time }
            if !isLarge {
                sums.unexplained += 1
                sums.run += 1
                sums.latestUnexplained = time
            }
        }
    }
}
