internal import Glibc
internal import Tables

/// Whether a payment was a fraud, as far as anybody has said.
package enum Label: UInt8, Sendable, Codable {
    case unknown, genuine, fraud

    /// The label of a field: 1 for a fraud, 0 for none, and unknown where nothing stands there.
    ///
    /// - Throws: `FieldFault` on other numbers.
    init(number: Double?) throws(FieldFault) {
        switch number {
        case nil: self = .unknown
        case 0: self = .genuine
        case 1: self = .fraud
        case .some(let other): throw FieldFault("'\(other)' is no label, which is 1 or 0")
        }
    }
}

/// A payment as a history keeps it beside its time.
struct PastPayment: Sendable {
    /// Which of all payments it is, in the order in which they came.
    var number: UInt32
    /// Whether the habit is made of payments like it.
    var isOrdinary: Bool
    /// Whether it is larger than the habit explains.
    var isLarge: Bool
    /// What counts once the delay is over.
    var label: Label
    /// What was paid.
    var amount: Double
    /// The amount against the habit, as it was known when the payment was made.
    var ratio: Double

    /// What stands for the time of something that has not happened.
    static let never = Int64.min
}

/// Sums over all payments of a key up to one of them: windows are differences of two. They fill a line of the cache.
struct AmountSums: Sendable {
    var count: UInt32 = 0, ordinary: UInt32 = 0, large: UInt32 = 0
    var amount = 0.0, logAmount = 0.0, ratio = 0.0, ordinaryAmount = 0.0
    var latest = PastPayment.never, latestLarge = PastPayment.never

    /// Ratios count for no more than this in a mean.
    private static let mostRatio = 20.0

    /// The sums up to the next payment.
    func adding(_ payment: PastPayment, at time: Int64) -> AmountSums {
        var sums = self
        sums.count += 1
        sums.amount += payment.amount
        sums.logAmount += log1p(payment.amount)
        sums.ratio += min(payment.ratio, Self.mostRatio)
        sums.latest = time
        if payment.isOrdinary {
            sums.ordinary += 1
            sums.ordinaryAmount += payment.amount
        }
        if payment.isLarge {
            sums.large += 1
            sums.latestLarge = time
        }
        return sums
    }
}

/// Sums that are about labels, and are only ever taken from payments that are older than the delay.
struct LabelSums: Sendable {
    var genuine: UInt32 = 0, fraud: UInt32 = 0
    /// Frauds whose amount was no larger than the habit explains.
    var unexplained: UInt32 = 0
    /// Unexplained frauds since the latest genuine payment.
    var run: UInt32 = 0
    var genuineAmount = 0.0
    /// When the first payment since the latest genuine one was.
    var runStart = PastPayment.never
    var latestGenuine = PastPayment.never, latestUnexplained = PastPayment.never

    /// The sums up to the next payment.
    func adding(_ payment: PastPayment, at time: Int64) -> LabelSums {
        var sums = self
        switch payment.label {
        case .unknown: break
        case .genuine:
            sums.genuine += 1
            sums.genuineAmount += payment.amount
            sums.latestGenuine = time
            (sums.run, sums.runStart) = (0, PastPayment.never)
        case .fraud:
            sums.fraud += 1
            if sums.runStart == PastPayment.never { sums.runStart = time }
            if !payment.isLarge {
                sums.unexplained += 1
                sums.run += 1
                sums.latestUnexplained = time
            }
        }
        return sums
    }
}
