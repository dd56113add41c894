internal import Glibc
package import Pipelines
internal import Tables

/// What is known of all cards, terminals, …: gives a transaction its features and takes it up. One and the same for training, for scoring a file
/// and for scoring live.
///
/// ```swift
/// var history = try History(rules, keys: ["card", "terminal"])
/// for transaction in transactions { rows.append(history.append(transaction)) }
/// ```
///
/// Transactions may come late: one gets the features of its time, from what had come by then. A label is looked at only where its payment is older
/// than the delay, so that it may be given with the payment.
package struct History: Sendable {
    /// Payments that were merged with others of their day, since their key has more than are kept.
    package private(set) var mergedCount = 0
    /// Transactions that were earlier than one that had come before.
    package private(set) var lateCount = 0
    /// The transactions taken up.
    package private(set) var count = 0

    /// How many payments of a key are kept one by one.
    package static let mostPayments = PaymentHistory.mostPayments

    private let rules: HistoryRules
    private let features: [HistoryFeature]
    private let habitKey: Int?
    /// Of each key: which times are asked for, as how far back they are, and for each feature which two of them are its window.
    private let edges: [[Int64]]
    private let windows: [(near: Int, far: Int)]
    /// How old a payment may be.
    private let horizon: Int64
    private var latest = PastPayment.never
    /// Of each key: which history a text has.
    private var places: [[String: Int]]
    private var histories: [[PaymentHistory]]

    /// - Parameters:
    ///   - rules: what is computed.
    ///   - keys: the names of keys, in the order in which transactions have them.
    /// - Throws: `RecipeFault` where the rules name what there is not.
    package init(_ rules: HistoryRules, keys: [String]) throws(RecipeFault) {
        let features = try rules.parsed(keys: keys), habitKey = keys.firstIndex(of: rules.habit.key)
        let delay = Int64(rules.labelDelay * Double(Timestamp.day))
        var edges = Array(repeating: [Int64](), count: keys.count), windows: [(near: Int, far: Int)] = []
        func edge(_ key: Int, _ age: Int64) -> Int {
            if let place = edges[key].firstIndex(of: age) { return place }
            edges[key].append(age)
            return edges[key].count - 1
        }
        func window(_ key: Int, isDelayed: Bool, days: Int) -> (near: Int, far: Int) {
            let near = isDelayed ? delay : 0
            return (edge(key, near), edge(key, near + Int64(days) * Timestamp.day))
        }
        for feature in features {
            switch feature {
            case .amount, .weekend, .night, .hour, .ratio: windows.append((0, 0))
            case .window(let key, let statistic, let days):
                windows.append(window(key, isDelayed: statistic.isDelayed, days: days))
            case .since(let key, let since, _):
                let near = edge(key, since.isDelayed ? delay : 0)
                windows.append((near, near))
            case .run(let key): windows.append((edge(key, delay), edge(key, delay)))
            }
        }
        // Behind the features' windows: what the habit is made of, and what it is held against itself.
        if let habitKey {
            windows.append(window(habitKey, isDelayed: false, days: rules.habit.days))
            windows.append(window(habitKey, isDelayed: true, days: rules.habit.days))
        }
        self.rules = rules
        self.features = features
        self.habitKey = habitKey
        self.edges = edges
        self.windows = windows
        horizon = (edges.joined().max() ?? 0) + Timestamp.day
        places = keys.map { _ in [:] }
        histories = keys.map { _ in [] }
    }

    /// Takes a transaction up.
    ///
    /// - Returns: its features, of what was known when it was made; its own label is not among that.
    package mutating func append(_ transaction: Transaction) -> [Double] {
        let sums = lookUp(transaction)
        let habit = habit(of: transaction, sums)
        let values = features.indices.map { value(of: $0, transaction, sums, habit) }
        let label = transaction.label == .unknown && rules.unlabelled == .genuine ? .genuine : transaction.label
        let payment = PastPayment(
            time: transaction.time, number: count, amount: transaction.amount, ratio: habit.ratio,
            isOrdinary: habit.isOrdinary, isLarge: habit.ratio > rules.habit.large, label: label)
        if transaction.time < latest { lateCount += 1 } else { latest = transaction.time }
        for key in edges.indices where !transaction.keys[key].isEmpty {
            let place = places[key][transaction.keys[key]] ?? add(transaction.keys[key], to: key)
            mergedCount += histories[key][place].insert(payment, forgetting: latest - horizon)
        }
        count += 1
        return values
    }

    /// Gives a transaction its label, which is known from now on.
    ///
    /// - Parameter number: the transaction's, counted from 0 in the order in which they were taken up.
    /// - Returns: false where it lies too far back to be kept.
    package mutating func label(_ number: Int, of transaction: Transaction, _ label: Label) -> Bool {
        var isKept = false
        for key in edges.indices {
            guard let place = places[key][transaction.keys[key]] else { continue }
            if histories[key][place].label(number, at: transaction.time, label) { isKept = true }
        }
        return isKept
    }

    private mutating func add(_ text: String, to key: Int) -> Int {
        places[key][text] = histories[key].count
        histories[key].append(PaymentHistory(edges: edges[key].count))
        return histories[key].count - 1
    }

    // MARK: Features

    /// The sums at all edges of the transaction's keys.
    private mutating func lookUp(_ transaction: Transaction) -> [[PastPayment.Sums]] {
        var sums: [[PastPayment.Sums]] = []
        for key in edges.indices {
            guard let place = places[key][transaction.keys[key]] else {
                sums.append(Array(repeating: PastPayment.Sums(), count: edges[key].count))
                continue
            }
            sums.append(
                edges[key].indices.map {
                    histories[key][place].sums(until: transaction.time - edges[key][$0], edge: $0)
                })
        }
        return sums
    }

    /// The amount against the habit: 1 where there is none.
    private func habit(of transaction: Transaction, _ sums: [[PastPayment.Sums]]) -> (ratio: Double, isOrdinary: Bool) {
        guard let habitKey else { return (1, true) }
        let all = windows[features.count], known = windows[features.count + 1]
        let near = sums[habitKey][all.near], far = sums[habitKey][all.far]
        let ordinary = near.ordinary - far.ordinary
        let mean = (near.ordinaryAmount - far.ordinaryAmount) / Double(max(ordinary, 1))
        let genuine = sums[habitKey][known.near].genuine - sums[habitKey][known.far].genuine
        let genuineMean =
            (sums[habitKey][known.near].genuineAmount - sums[habitKey][known.far].genuineAmount)
            / Double(max(genuine, 1))
        return (
            ordinary == 0 ? 1 : transaction.amount / max(mean, 1),
            genuine == 0 || transaction.amount <= rules.habit.ordinary * max(genuineMean, 1)
        )
    }

    private func value(
        of feature: Int, _ transaction: Transaction, _ sums: [[PastPayment.Sums]],
        _ habit: (ratio: Double, isOrdinary: Bool)
    ) -> Double {
        let window = windows[feature]
        switch features[feature] {
        case .amount: return transaction.amount
        case .ratio: return habit.ratio
        case .weekend: return Timestamp(microseconds: transaction.time).weekday >= 5 ? 1 : 0
        case .night: return Timestamp(microseconds: transaction.time).hour <= 6 ? 1 : 0
        case .hour:
            let time = Timestamp(microseconds: transaction.time)
            return Double(time.microseconds - Int64(time.dayNumber) * Timestamp.day) / Double(3_600 * Timestamp.second)
        case .window(let key, let statistic, _):
            return Self.value(of: statistic, sums[key][window.near], sums[key][window.far], amount: transaction.amount)
        case .since(let key, let since, let days):
            let sums = sums[key][window.near], most = Double(days)
            if since == .run, sums.run == 0 { return -1 }
            let time =
                switch since {
                case .last: sums.latest
                case .large: sums.latestLarge
                case .genuine: sums.latestGenuine
                case .unexplained: sums.latestUnexplained
                case .run: sums.runStart
                }
            if time == PastPayment.never { return most }
            return min(Double(transaction.time - time) / Double(Timestamp.day), most)
        case .run(let key): return Double(sums[key][window.near].run)
        }
    }

    private static func value(
        of statistic: HistoryFeature.Window, _ near: PastPayment.Sums, _ far: PastPayment.Sums, amount: Double
    ) -> Double {
        func share(_ sum: Double, _ count: Int) -> Double { count == 0 ? 0 : sum / Double(count) }
        let count = near.count - far.count, genuine = near.genuine - far.genuine, frauds = near.fraud - far.fraud
        return switch statistic {
        case .count: Double(count + 1)
        case .mean: (near.amount - far.amount + amount) / Double(count + 1)
        case .known: Double(genuine + frauds)
        case .risk: share(Double(frauds), genuine + frauds)
        case .genuine: Double(genuine)
        case .frauds: Double(frauds)
        case .unexplained: Double(near.unexplained - far.unexplained)
        case .genuineMean: share(near.genuineAmount - far.genuineAmount, genuine)
        case .large: Double(near.large - far.large)
        case .logRatio: count == 0 ? 0 : log1p(amount) - (near.logAmount - far.logAmount) / Double(count)
        case .meanRatio: count == 0 ? 1 : (near.ratio - far.ratio) / Double(count)
        }
    }
}
