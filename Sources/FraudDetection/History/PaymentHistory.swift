internal import Tables

/// The payments of a card, of a terminal, of whatever key, in time order, each with sums of all before it, so that what any window of time holds is
/// a difference of two of them.
///
/// A payment is inserted at its time, and those after it are summed anew; payments of the same time stay in the order in which they came. The
/// number of payments is bounded: of more than ``mostPayments`` the oldest day that has several keeps its last one, whose sums are those of the day.
struct PaymentHistory: Sendable {
    /// How many payments are kept one by one.
    static let mostPayments = 4_096

    private var payments: [PastPayment] = []
    /// What lies before it is forgotten.
    private var head = 0
    /// The sums of the last one that is.
    private var forgotten = PastPayment.Sums()
    /// Where each window's edge was found last: time goes on, and the edges with it.
    private var fingers: [Int]

    /// - Parameter edges: the number of edges that are asked for.
    init(edges: Int) { fingers = Array(repeating: 0, count: edges) }

    // MARK: Reading

    /// The sums over all payments at a time or before.
    ///
    /// - Parameter edge: which edge of a window the time is; what was found for it last is where the search begins, so that it takes constant time
    ///   as long as time goes on slowly.
    mutating func sums(until time: Int64, edge: Int) -> PastPayment.Sums {
        let place = place(after: time, from: fingers[edge])
        fingers[edge] = place
        return sums(before: place)
    }

    private func sums(before place: Int) -> PastPayment.Sums {
        place > head ? payments[place - 1].sums : forgotten
    }

    /// Where the first payment after a time lies, or would lie: a search in steps that double, from where it is expected.
    private func place(after time: Int64, from start: Int) -> Int {
        var low = head, high = payments.count
        let start = min(max(start, low), high)
        var step = 1
        if start < high, payments[start].time <= time {
            low = start + 1
            while low + step <= high, payments[low + step - 1].time <= time {
                low += step
                step *= 2
            }
            high = min(high, low + step - 1)
        } else {
            high = start
            while high - step >= low, payments[high - step].time > time {
                high -= step
                step *= 2
            }
            low = max(low, high - step + 1)
        }
        while low < high {
            let middle = (low + high) / 2
            if payments[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Writing

    /// Takes a payment up, and forgets those before a time.
    ///
    /// - Returns: how many payments were merged with others of their day.
    mutating func insert(_ payment: PastPayment, forgetting limit: Int64) -> Int {
        let place = place(after: payment.time, from: payments.count)
        payments.insert(payment, at: place)
        sum(from: place)
        forget(before: limit)
        return payments.count - head > Self.mostPayments ? merge() : 0
    }

    /// Gives a payment its label, and sums those after it anew.
    ///
    /// - Returns: false where the payment is not kept any more.
    mutating func label(_ number: Int, at time: Int64, _ label: Label) -> Bool {
        var place = place(after: time, from: payments.count)
        while place > head, payments[place - 1].time == time {
            place -= 1
            guard payments[place].number == number else { continue }
            payments[place].label = label
            sum(from: place)
            return true
        }
        return false
    }

    private mutating func sum(from first: Int) {
        for place in first..<payments.count { payments[place].sum(after: sums(before: place)) }
    }

    private mutating func forget(before limit: Int64) {
        while head < payments.count, payments[head].time < limit {
            forgotten = payments[head].sums
            head += 1
        }
        if head > 32, head > payments.count / 2 {
            payments.removeFirst(head)
            for edge in fingers.indices { fingers[edge] = max(fingers[edge] - head, 0) }
            head = 0
        }
    }

    private mutating func merge() -> Int {
        var place = head
        while place < payments.count {
            let day = payments[place].time / Timestamp.day
            var end = place + 1
            while end < payments.count, payments[end].time / Timestamp.day == day { end += 1 }
            // The latest day has not ended.
            if end - place > 1, end < payments.count {
                payments.removeSubrange(place..<end - 1)
                return end - place - 1
            }
            place = end
        }
        let half = (payments.count - head) / 2
        payments.removeSubrange(head..<head + half - 1)
        return half - 1
    }
}
