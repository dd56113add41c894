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
    /// Of each key: what is summed up.
    private let needsAmounts, needsLabels: [Bool]
    /// How old a payment may be.
    private let horizon: Int64
    private var latest = PastPayment.never
    /// Of each key: which history a text has.
    private var known: [[String: Int]]
    private var histories: [[PaymentHistory]]
    /// Of the transaction at hand: which history each key has.
    private var numbers: [Int?]
    /// Which histories are read ahead, and a sum of what was read, without which it would not be.
    private var warming: [Int] = []
    private var warmth = 0

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
        func asks(_ isDelayed: Bool) -> [Bool] {
            keys.indices.map { key in
                key == habitKey || features.contains { $0.key == key && $0.isDelayed == isDelayed }
            }
        }
        needsAmounts = asks(false)
        needsLabels = asks(true)
        horizon = (edges.joined().max() ?? 0) + Timestamp.day
        known = keys.map { _ in [:] }
        histories = keys.map { _ in [] }
        numbers = keys.map { _ in nil }
    }

    /// Takes a transaction up.
    ///
    /// - Parameter values: its features are appended: of what was known when it was made; its own label is not among that.
    package mutating func append(_ transaction: Transaction, to values: inout [Double]) {
        lookUp(transaction)
        let habit = habit(of: transaction)
        for feature in features.indices { values.append(value(of: feature, transaction, habit)) }
        let label = transaction.label == .unknown && rules.unlabelled == .genuine ? .genuine : transaction.label
        let payment = PastPayment(
            number: UInt32(truncatingIfNeeded: count), isOrdinary: habit.isOrdinary,
            isLarge: habit.ratio > rules.habit.large, label: label, amount: transaction.amount, ratio: habit.ratio)
        if transaction.time < latest { lateCount += 1 } else { latest = transaction.time }
        for key in edges.indices where !transaction.keys[key].isEmpty {
            let number = numbers[key] ?? add(transaction.keys[key], to: key)
            mergedCount += histories[key][number].insert(
                payment, at: transaction.time, forgetting: latest - horizon)
        }
        count += 1
    }

    /// Takes a transaction up, and gives its features.
    package mutating func append(_ transaction: Transaction) -> [Double] {
        var values: [Double] = []
        append(transaction, to: &values)
        return values
    }

    /// Reads ahead what the next transactions will need, so that memory, which takes longer to answer than all the rest, answers for many at once.
    ///
    /// - Parameter transactions: some dozens, which are appended next.
    package mutating func warm(_ transactions: ArraySlice<Transaction>) {
        for key in edges.indices {
            warming.removeAll(keepingCapacity: true)
            for transaction in transactions {
                if let number = known[key][transaction.keys[key]] { warming.append(number) }
            }
            for part in [PaymentHistory.Part.fingers, .times, .sums] {
                for number in warming { warmth &+= histories[key][number].touch(part) }
            }
        }
    }

    /// Gives a transaction its label, which is known from now on.
    ///
    /// - Parameter number: the transaction's, counted from 0 in the order in which they were taken up.
    /// - Returns: false where it lies too far back to be kept.
    package mutating func label(_ number: Int, of transaction: Transaction, _ label: Label) -> Bool {
        var isKept = false
        for key in edges.indices {
            guard let place = known[key][transaction.keys[key]] else { continue }
            if histories[key][place].label(UInt32(truncatingIfNeeded: number), at: transaction.time, label) {
                isKept = true
            }
        }
        return isKept
    }

    private mutating func add(_ text: String, to key: Int) -> Int {
        known[key][text] = histories[key].count
        histories[key].append(
            PaymentHistory(
                edges: edges[key].count, needsAmounts: needsAmounts[key], needsLabels: needsLabels[key]))
        return histories[key].count - 1
    }

    // MARK: Features

    /// Finds all edges of windows in the histories of the transaction's keys.
    private mutating func lookUp(_ transaction: Transaction) {
        for key in edges.indices {
            numbers[key] = known[key][transaction.keys[key]]
            if let number = numbers[key] { histories[key][number].find(edges[key], at: transaction.time) }
        }
    }

    /// The sums at an edge of a key's windows.
    @inline(__always) private func amounts(_ key: Int, _ edge: Int) -> AmountSums {
        guard let number = numbers[key] else { return AmountSums() }
        return histories[key][number].amounts(atEdge: edge)
    }

    /// The sums of labels at an edge of a key's windows.
    @inline(__always) private func labels(_ key: Int, _ edge: Int) -> LabelSums {
        guard let number = numbers[key] else { return LabelSums() }
        return histories[key][number].labels(atEdge: edge)
    }

    /// The amount against the habit: 1 where there is none.
    private func habit(of transaction: Transaction) -> (ratio: Double, isOrdinary: Bool) {
        guard let habitKey else { return (1, true) }
        let all = windows[features.count], known = windows[features.count + 1]
        let near = amounts(habitKey, all.near), far = amounts(habitKey, all.far)
        let knownNear = labels(habitKey, known.near), knownFar = labels(habitKey, known.far)
        let ordinary = near.ordinary - far.ordinary, genuine = knownNear.genuine - knownFar.genuine
        let mean = (near.ordinaryAmount - far.ordinaryAmount) / Double(max(ordinary, 1))
        let genuineMean = (knownNear.genuineAmount - knownFar.genuineAmount) / Double(max(genuine, 1))
        return (
            ordinary == 0 ? 1 : transaction.amount / max(mean, 1),
            genuine == 0 || transaction.amount <= rules.habit.ordinary * max(genuineMean, 1)
        )
    }

    @inline(__always) private func value(
        of feature: Int, _ transaction: Transaction, _ habit: (ratio: Double, isOrdinary: Bool)
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
            if statistic.isDelayed {
                return Self.value(of: statistic, labels(key, window.near), labels(key, window.far))
            }
            return Self.value(
                of: statistic, amounts(key, window.near), amounts(key, window.far), amount: transaction.amount)
        case .since(let key, let since, let days):
            if since == .run, labels(key, window.near).run == 0 { return -1 }
            let time =
                switch since {
                case .last: amounts(key, window.near).latest
                case .large: amounts(key, window.near).latestLarge
                case .genuine: labels(key, window.near).latestGenuine
                case .unexplained: labels(key, window.near).latestUnexplained
                case .run: labels(key, window.near).runStart
                }
            let most = Double(days)
            if time == PastPayment.never { return most }
            return min(Double(transaction.time - time) / Double(Timestamp.day), most)
        case .run(let key): return Double(labels(key, window.near).run)
        }
    }

    @inline(__always) private static func value(
        of statistic: HistoryFeature.Window, _ near: AmountSums, _ far: AmountSums, amount: Double
    ) -> Double {
        let count = near.count - far.count
        switch statistic {
        case .count: return Double(count + 1)
        case .mean: return (near.amount - far.amount + amount) / Double(count + 1)
        case .large: return Double(near.large - far.large)
        case .logRatio: return count == 0 ? 0 : log1p(amount) - (near.logAmount - far.logAmount) / Double(count)
        case .meanRatio: return count == 0 ? 1 : (near.ratio - far.ratio) / Double(count)
        case .known, .risk, .genuine, .frauds, .unexplained, .genuineMean: return .nan
        }
    }

    @inline(__always) private static func value(
        of statistic: HistoryFeature.Window, _ near: LabelSums, _ far: LabelSums
    ) -> Double {
        func share(_ sum: Double, _ count: UInt32) -> Double { count == 0 ? 0 : sum / Double(count) }
        let genuine = near.genuine - far.genuine, frauds = near.fraud - far.fraud
        switch statistic {
        case .known: return Double(genuine + frauds)
        case .risk: return share(Double(frauds), genuine + frauds)
        case .genuine: return Double(genuine)
        case .frauds: return Double(frauds)
        case .unexplained: return Double(near.unexplained - far.unexplained)
        case .genuineMean: return share(near.genuineAmount - far.genuineAmount, genuine)
        case .count, .mean, .large, .logRatio, .meanRatio: return .nan
        }
    }
}
