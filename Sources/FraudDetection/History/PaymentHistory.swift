internal import Tables

/// The payments of a card, of a terminal, of whatever key, in time order, each with sums of all before it, so that what any window of time holds is
/// a difference of two of them.
///
/// A payment is inserted at its time, and those after it are summed anew; payments of the same time stay in the order in which they came. The
/// number of payments is bounded: of more than ``mostPayments`` the oldest day that has several keeps its last one, whose sums are those of the day.
struct PaymentHistory: Sendable {
    /// How many payments are kept one by one.
    static let mostPayments = 4_096

    /// Of each payment its time, apart, since searches look at nothing else.
    private var times: [Int64] = []
    private var payments: [PastPayment] = []
    /// Up to each payment; empty where nobody asks.
    private var amounts: [AmountSums] = []
    private var labels: [LabelSums] = []
    private let needsAmounts, needsLabels: Bool
    /// What lies before it is forgotten.
    private var head = 0
    /// The sums of the last one that is.
    private var forgottenAmounts = AmountSums()
    private var forgottenLabels = LabelSums()
    /// Where each window's edge was found last: time goes on, and the edges with it.
    private var fingers: [Int]

    /// - Parameters:
    ///   - edges: the number of edges that are asked for.
    ///   - needsAmounts: whether sums of amounts are.
    ///   - needsLabels: whether sums of labels are.
    init(edges: Int, needsAmounts: Bool, needsLabels: Bool) {
        fingers = Array(repeating: 0, count: edges)
        self.needsAmounts = needsAmounts
        self.needsLabels = needsLabels
    }

    // MARK: Reading

    /// Where, at a time, the edges of windows lie: the first payment after each.
    ///
    /// What was found last is where a search begins, so that it takes constant time as long as time goes on slowly.
    ///
    /// - Parameter ages: how far back each edge is.
    mutating func find(_ ages: [Int64], at time: Int64) {
        for edge in fingers.indices { fingers[edge] = place(after: time - ages[edge], from: fingers[edge]) }
    }

    /// The sums over all payments before an edge.
    @inline(__always) func amounts(atEdge edge: Int) -> AmountSums { amounts(before: fingers[edge]) }

    /// The sums of labels over all payments before an edge.
    @inline(__always) func labels(atEdge edge: Int) -> LabelSums { labels(before: fingers[edge]) }

    @inline(__always) private func amounts(before place: Int) -> AmountSums {
        place > head ? amounts[place - 1] : forgottenAmounts
    }

    @inline(__always) private func labels(before place: Int) -> LabelSums {
        place > head ? labels[place - 1] : forgottenLabels
    }

    /// Where the first payment after a time lies, or would lie: a search in steps that double, from where it is expected.
    private func place(after time: Int64, from start: Int) -> Int {
        var low = head, high = times.count
        let start = min(max(start, low), high)
        var step = 1
        if start < high, times[start] <= time {
            low = start + 1
            while low + step <= high, times[low + step - 1] <= time {
                low += step
                step *= 2
            }
            high = min(high, low + step - 1)
        } else {
            high = start
            while high - step >= low, times[high - step] > time {
                high -= step
                step *= 2
            }
            low = max(low, high - step + 1)
        }
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Reads what the next search and the sums behind it will read, and makes nothing of it: see ``History/warm(_:)``.
    @inline(__always) func touch(_ part: Part) -> Int {
        guard let last = times.indices.last else { return 0 }
        switch part {
        case .fingers: return fingers.first ?? 0
        case .times:
            var sum = payments.count
            for finger in fingers { sum &+= Int(truncatingIfNeeded: times[min(finger, last)]) }
            return sum
        case .sums:
            var sum = 0
            for finger in fingers {
                let place = max(min(finger, last) - 1, 0)
                if needsAmounts { sum &+= Int(amounts[place].count) }
                if needsLabels { sum &+= Int(labels[place].genuine) }
            }
            if needsAmounts { sum &+= Int(amounts[last].count) }
            if needsLabels { sum &+= Int(labels[last].genuine) }
            return sum
        }
    }

    /// What lies in memory of its own.
    enum Part { case fingers, times, sums }

    // MARK: Writing

    /// Takes a payment up, and forgets those before a time.
    ///
    /// - Returns: how many payments were merged with others of their day.
    mutating func insert(_ payment: PastPayment, at time: Int64, forgetting limit: Int64) -> Int {
        let place = place(after: time, from: times.count)
        // Most often it is the latest.
        if place == times.count {
            times.append(time)
            payments.append(payment)
            if needsAmounts { amounts.append(AmountSums()) }
            if needsLabels { labels.append(LabelSums()) }
        } else {
            times.insert(time, at: place)
            payments.insert(payment, at: place)
            if needsAmounts { amounts.insert(AmountSums(), at: place) }
            if needsLabels { labels.insert(LabelSums(), at: place) }
        }
        sum(from: place)
        forget(before: limit)
        return times.count - head > Self.mostPayments ? merge() : 0
    }

    /// Gives a payment its label, and sums those after it anew.
    ///
    /// - Returns: false where the payment is not kept any more.
    mutating func label(_ number: UInt32, at time: Int64, _ label: Label) -> Bool {
        var place = place(after: time, from: times.count)
        while place > head, times[place - 1] == time {
            place -= 1
            guard payments[place].number == number else { continue }
            payments[place].label = label
            sum(from: place)
            return true
        }
        return false
    }

    private mutating func sum(from first: Int) {
        for place in first..<payments.count {
            if needsAmounts { amounts[place] = amounts(before: place).adding(payments[place], at: times[place]) }
            if needsLabels { labels[place] = labels(before: place).adding(payments[place], at: times[place]) }
        }
    }

    private mutating func forget(before limit: Int64) {
        while head < times.count, times[head] < limit {
            if needsAmounts { forgottenAmounts = amounts[head] }
            if needsLabels { forgottenLabels = labels[head] }
            head += 1
        }
        if head > 32, head > times.count / 2 {
            remove(0..<head)
            for edge in fingers.indices { fingers[edge] = max(fingers[edge] - head, 0) }
            head = 0
        }
    }

    private mutating func remove(_ places: Range<Int>) {
        times.removeSubrange(places)
        payments.removeSubrange(places)
        if needsAmounts { amounts.removeSubrange(places) }
        if needsLabels { labels.removeSubrange(places) }
    }

    private mutating func merge() -> Int {
        var place = head
        while place < times.count {
            let day = times[place] / Timestamp.day
            var end = place + 1
            while end < times.count, times[end] / Timestamp.day == day { end += 1 }
            // The latest day has not ended.
            if end - place > 1, end < times.count {
                remove(place..<end - 1)
                return end - place - 1
            }
            place = end
        }
        let half = (times.count - head) / 2
        remove(head..<head + half - 1)
        return half - 1
    }
}
