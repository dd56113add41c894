import Foundation
import FraudDetection
import Streams
import Tables
import Testing

/// Features against sums over lists of all payments, taken anew for each row.
@Suite struct HistoryTests {
    private static let sample =
        String(#filePath.prefix(upTo: #filePath.range(of: "/Tests/")?.lowerBound ?? #filePath.endIndex))
        + "/sample-data/transactions.csv"

    private static func columns() -> Columns {
        var columns = Columns()
        (columns.id, columns.time, columns.amount, columns.label) = (
            "TRANSACTION_ID", "TX_DATETIME", "TX_AMOUNT", "TX_FRAUD"
        )
        columns.keys = ["card": "CUSTOMER_ID", "terminal": "TERMINAL_ID"]
        return columns
    }

    private static func transactions() throws -> [Transaction] {
        var file = try TransactionFile(sample, columns()), transactions: [Transaction] = []
        while let row = try file.next() {
            if case .transaction(let transaction) = row { transactions.append(transaction) }
        }
        return transactions
    }

    private static let names = [
        "amount", "weekend", "night", "hour", "ratio", "card_count_1d", "card_count_30d", "card_mean_7d",
        "card_known_30d",
        "card_genuine_mean_90d", "card_log_ratio_90d", "card_large_3d", "card_mean_ratio_7d", "card_since_large_30d",
        "card_since_last_30d", "terminal_known_7d", "terminal_risk_30d", "terminal_genuine_14d", "terminal_frauds_30d",
        "terminal_unexplained_14d", "terminal_run", "terminal_run_age_90d", "terminal_since_genuine_90d",
        "terminal_since_unexplained_90d",
    ]

    private static func rules() -> HistoryRules {
        var rules = HistoryRules()
        rules.features = names
        rules.habit.key = "card"
        return rules
    }

    @Test("every feature of every row is what a sum over all payments says") func features() throws {
        let transactions = try Self.transactions()
        #expect(transactions.count > 5_000)
        var history = try History(Self.rules(), keys: ["card", "terminal"])
        var oracle = Oracle(names: Self.names)
        var worst = 0.0
        for transaction in transactions {
            let values = history.append(transaction), truths = oracle.append(transaction)
            for (name, (value, truth)) in zip(Self.names, zip(values, truths)) {
                let error = abs(value - truth) / max(1, abs(truth))
                worst = max(worst, error)
                if !(error < 1e-9) { Issue.record("\(transaction.id) \(name): \(value), not \(truth)") }
            }
        }
        #expect(history.lateCount == 0)
        #expect(history.mergedCount == 0)
    }

    @Test("rows that come late get the features of their time, and later ones see them") func late() throws {
        var transactions = Array(try Self.transactions().prefix(2_500))
        for place in stride(from: 10, to: transactions.count - 40, by: 7) {
            transactions.swapAt(place, place + 1 + place * place % 30)
        }
        var history = try History(Self.rules(), keys: ["card", "terminal"])
        var oracle = Oracle(names: Self.names)
        for transaction in transactions {
            for (value, truth) in zip(history.append(transaction), oracle.append(transaction)) {
                #expect(abs(value - truth) < 1e-9 * max(1, abs(truth)))
            }
        }
        #expect(history.lateCount > 100)
    }

    @Test("labels that cannot be known yet, and later rows, change nothing") func noLeak() throws {
        let transactions = try Self.transactions()
        let middle = transactions.count / 2, time = transactions[middle].time
        func rows(_ transactions: some Sequence<Transaction>) throws -> [[Double]] {
            var history = try History(Self.rules(), keys: ["card", "terminal"])
            return transactions.map { history.append($0) }
        }
        let before = try rows(transactions[...middle])
        #expect(try rows(transactions).prefix(middle + 1).elementsEqual(before))
        var changed = 0, untouched = Array(transactions[...middle])
        for place in untouched.indices where untouched[place].time > time - 7 * Timestamp.day {
            untouched[place].label = untouched[place].label == .fraud ? .genuine : .fraud
            changed += 1
        }
        #expect(changed > 100)
        #expect(try rows(untouched).last == before.last)
        // One that is just old enough is looked at.
        let terminal = transactions[middle].keys[1]
        let old = try #require(
            untouched.lastIndex {
                $0.keys[1] == terminal && $0.time <= time - 7 * Timestamp.day && $0.label == .genuine
            })
        untouched[old].label = .fraud
        #expect(try rows(untouched).last != before.last)
    }

    @Test("a label that comes afterwards is as good as one that came with the row") func lateLabels() throws {
        let transactions = Array(try Self.transactions().prefix(3_000))
        var whole = try History(Self.rules(), keys: ["card", "terminal"])
        var history = try History(Self.rules(), keys: ["card", "terminal"])
        var waiting: [(number: Int, transaction: Transaction)] = []
        for (number, transaction) in transactions.enumerated() {
            while let first = waiting.first, first.transaction.time <= transaction.time - 6 * Timestamp.day {
                let isKept = history.label(first.number, of: first.transaction, first.transaction.label)
                #expect(isKept)
                waiting.removeFirst()
            }
            waiting.append((number, transaction))
            var unlabelled = transaction
            unlabelled.label = .unknown
            let values = history.append(unlabelled), truths = whole.append(transaction)
            #expect(values == truths)
        }
    }

    @Test("of more than 4,096 payments the oldest become days, and newer windows stay exact") func merging() throws {
        var rules = HistoryRules()
        rules.features = ["card_count_1d", "card_count_30d", "card_mean_30d"]
        var history = try History(rules, keys: ["card"])
        var transaction = Transaction()
        transaction.keys = ["1"]
        var times: [Int64] = []
        for number in 0..<12_000 {
            // 400 a day, 30 days.
            transaction.time = Int64(number) * Timestamp.day / 400
            transaction.amount = Double(number % 7)
            times.append(transaction.time)
            let values = history.append(transaction)
            #expect(values[0] == Double(min(number + 1, 400)))
            #expect(values[1] == Double(number + 1))
        }
        #expect(history.mergedCount > 12_000 - 4_096 - 400)
    }
}

/// The features by their definitions, in time that grows with the square of the rows.
private struct Oracle {
    private struct Past {
        var transaction: Transaction
        var ratio: Double
        var isOrdinary: Bool
    }
    let names: [String]
    private var cards: [String: [Past]] = [:], terminals: [String: [Past]] = [:]

    init(names: [String]) { self.names = names }

    mutating func append(_ transaction: Transaction) -> [Double] {
        let time = transaction.time, day = Timestamp.day, amount = transaction.amount
        func mean(_ values: [Double], none: Double = 0) -> Double {
            values.isEmpty ? none : values.reduce(0, +) / Double(values.count)
        }
        // In the order of time; of the same time, as they came.
        let card = cards[transaction.keys[0], default: []].filter { $0.transaction.time <= time }
        let terminal = terminals[transaction.keys[1], default: []].filter { $0.transaction.time <= time - 7 * day }
        func since(_ past: [Past], _ days: Int64) -> [Past] { past.filter { $0.transaction.time > time - days * day } }
        func known(_ past: [Past], _ days: Int64) -> [Past] {
            past.filter { $0.transaction.time <= time - 7 * day && $0.transaction.time > time - (7 + days) * day }
        }
        func days(_ past: Past?, _ most: Double) -> Double {
            past.map { min(Double(time - $0.transaction.time) / Double(day), most) } ?? most
        }
        let genuineMean = mean(known(card, 90).filter { $0.transaction.label != .fraud }.map(\.transaction.amount))
        let hasGenuine = known(card, 90).contains { $0.transaction.label != .fraud }
        let ordinary = since(card, 90).filter(\.isOrdinary)
        let ratio = ordinary.isEmpty ? 1 : amount / max(1, mean(ordinary.map(\.transaction.amount)))
        let lastGenuine = terminal.lastIndex { $0.transaction.label != .fraud } ?? -1
        let afterGenuine = Array(terminal[(lastGenuine + 1)...])
        let run = afterGenuine.filter { $0.ratio <= 2.5 }.count
        func isUnexplained(_ past: Past) -> Bool { past.transaction.label == .fraud && past.ratio <= 2.5 }
        let clock = Double(((time % day) + day) % day) / 3.6e9
        let weekday = (Int(time / day) + 3) % 7
        let values: [Double] = names.map { name -> Double in
            return switch name {
            case "amount": amount
            case "weekend": weekday >= 5 ? 1 : 0
            case "night": clock < 7 ? 1 : 0
            case "hour": clock
            case "ratio": ratio
            case "card_count_1d": Double(since(card, 1).count + 1)
            case "card_count_30d": Double(since(card, 30).count + 1)
            case "card_mean_7d": mean(since(card, 7).map(\.transaction.amount) + [amount])
            case "card_known_30d": Double(known(card, 30).count)
            case "card_genuine_mean_90d": genuineMean
            case "card_log_ratio_90d":
                card.isEmpty || since(card, 90).isEmpty
                    ? 0 : log(1 + amount) - mean(since(card, 90).map { log(1 + $0.transaction.amount) })
            case "card_large_3d": Double(since(card, 3).filter { $0.ratio > 2.5 }.count)
            case "card_mean_ratio_7d": mean(since(card, 7).map { min(20, $0.ratio) }, none: 1)
            case "card_since_large_30d": days(card.last { $0.ratio > 2.5 }, 30)
            case "card_since_last_30d": days(card.last, 30)
            case "terminal_known_7d": Double(known(terminal, 7).count)
            case "terminal_risk_30d": mean(known(terminal, 30).map { $0.transaction.label == .fraud ? 1 : 0 })
            case "terminal_genuine_14d": Double(known(terminal, 14).filter { $0.transaction.label != .fraud }.count)
            case "terminal_frauds_30d": Double(known(terminal, 30).filter { $0.transaction.label == .fraud }.count)
            case "terminal_unexplained_14d": Double(known(terminal, 14).filter(isUnexplained).count)
            case "terminal_run": Double(run)
            case "terminal_run_age_90d": run == 0 ? -1 : days(afterGenuine.first, 90)
            case "terminal_since_genuine_90d": days(terminal.last { $0.transaction.label != .fraud }, 90)
            case "terminal_since_unexplained_90d": days(terminal.last(where: isUnexplained), 90)
            default: Double.nan
            }
        }
        let past = Past(
            transaction: transaction, ratio: ratio, isOrdinary: !hasGenuine || amount <= 3 * max(1, genuineMean))
        func insert(_ list: inout [Past]) {
            list.insert(past, at: list.firstIndex { $0.transaction.time > time } ?? list.count)
        }
        insert(&cards[transaction.keys[0], default: []])
        insert(&terminals[transaction.keys[1], default: []])
        return values
    }
}
