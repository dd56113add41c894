internal import Tables

/// Something that is computed of a transaction from what came before it, by its name in a recipe.
///
/// | name | what |
/// |---|---|
/// | `amount` | the amount |
/// | `weekend`, `night` | 1 on Saturday and Sunday; 1 from 0:00 to 6:59 |
/// | `hour` | hours since midnight, with their fraction |
/// | `KEY_count_7d`, `KEY_mean_7d` | payments of the key in the last 7 days, this one counted, and their mean amount |
/// | `KEY_known_7d` | payments in the 7 days before the delay, whose labels are known |
/// | `KEY_risk_7d` | the share of frauds among them; 0 if there are none |
/// | `KEY_genuine_7d`, `KEY_frauds_7d` | how many of them were genuine, and frauds |
/// | `KEY_unexplained_7d` | frauds among them whose amount was no larger than the habit explains |
/// | `KEY_genuine_mean_90d` | the mean amount of the genuine ones; 0 if there are none |
/// | `KEY_run` | unexplained frauds since the latest genuine payment, as far as is known |
/// | `KEY_run_age_90d` | days since the first payment of that run, at most 90; −1 where there is none |
/// | `KEY_since_last_30d`, `KEY_since_large_30d`, `KEY_since_genuine_90d`, `KEY_since_unexplained_90d` | days since the latest such payment, at most so many |
/// | `ratio` | the amount against the habit: the mean of earlier ordinary payments of the habit's key |
/// | `KEY_log_ratio_90d` | log(1 + amount) less its mean over the earlier payments; 0 if there are none |
/// | `KEY_large_7d` | earlier payments that were large, as the habit has it |
/// | `KEY_mean_ratio_7d` | the mean `ratio` of the earlier payments, each at most 20; 1 if there are none |
package enum HistoryFeature: Hashable, Sendable {
    case amount, weekend, night, hour, ratio
    /// A statistic over a window of days, of the key of a number.
    case window(key: Int, Window, days: Int)
    /// Days since something, at most so many.
    case since(key: Int, Since, days: Int)
    /// Unexplained frauds in a row.
    case run(key: Int)

    /// What is computed over a window.
    package enum Window: String, CaseIterable, Sendable {
        case count, mean, known, risk, genuine, frauds, unexplained, large
        case genuineMean = "genuine_mean", logRatio = "log_ratio", meanRatio = "mean_ratio"

        /// Whether it is about labels, and looks at what is older than the delay.
        var isDelayed: Bool {
            switch self {
            case .known, .risk, .genuine, .frauds, .unexplained, .genuineMean: true
            case .count, .mean, .large, .logRatio, .meanRatio: false
            }
        }
        var needsHabit: Bool {
            switch self {
            case .unexplained, .large, .meanRatio: true
            default: false
            }
        }
    }

    /// What time may have gone by since.
    package enum Since: String, CaseIterable, Sendable {
        case last = "since_last", large = "since_large", genuine = "since_genuine"
        case unexplained = "since_unexplained", run = "run_age"

        var isDelayed: Bool {
            switch self {
            case .last, .large: false
            case .genuine, .unexplained, .run: true
            }
        }
        var needsHabit: Bool { self == .large || self == .unexplained || self == .run }
    }

    /// The feature of a name; nil where there is none.
    package init?(_ name: String, keys: [String]) {
        let plain: [String: HistoryFeature] = [
            "amount": .amount, "weekend": .weekend, "night": .night, "hour": .hour, "ratio": .ratio,
        ]
        if let feature = plain[name] {
            self = feature
            return
        }
        guard let key = keys.indices.first(where: { name.hasPrefix(keys[$0] + "_") }) else { return nil }
        let rest = name.dropFirst(keys[key].count + 1)
        if rest == "run" {
            self = .run(key: key)
            return
        }
        guard rest.last == "d", let mark = rest.lastIndex(of: "_"),
            let days = Int(rest[rest.index(after: mark)...].dropLast()), (1...3_660).contains(days)
        else { return nil }
        let statistic = String(rest[..<mark])
        if let window = Window(rawValue: statistic) {
            self = .window(key: key, window, days: days)
        } else if let since = Since(rawValue: statistic) {
            self = .since(key: key, since, days: days)
        } else {
            return nil
        }
    }

    /// The key that it is about, if it is about one.
    var key: Int? {
        switch self {
        case .amount, .weekend, .night, .hour, .ratio: nil
        case .window(let key, _, _), .since(let key, _, _), .run(let key): key
        }
    }

    /// Whether it is about labels.
    var isDelayed: Bool {
        switch self {
        case .amount, .weekend, .night, .hour, .ratio: false
        case .window(_, let window, _): window.isDelayed
        case .since(_, let since, _): since.isDelayed
        case .run: true
        }
    }

    /// Whether it says something only where the recipe knows a habit.
    var needsHabit: Bool {
        switch self {
        case .ratio, .run: true
        case .window(_, let window, _): window.needsHabit
        case .since(_, let since, _): since.needsHabit
        case .amount, .weekend, .night, .hour: false
        }
    }

    /// The names of all features of a key, for whoever looks for one.
    package static func names(ofKey key: String) -> [String] {
        (Window.allCases.map(\.rawValue) + Since.allCases.map(\.rawValue)).map { "\(key)_\($0)_7d" } + ["\(key)_run"]
    }
}
