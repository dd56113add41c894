internal import Glibc

extension HistoryFeature {
    /// What it is, for people: `large payments of the card in 7 days`.
    func words(keys: [String], habit: String) -> String {
        switch self {
        case .amount: "amount"
        case .weekend: "weekend"
        case .night: "night"
        case .hour: "hour of the day"
        case .ratio: "amount as a multiple of the \(habit)'s habit"
        case .run(let key): "frauds at the \(keys[key]) since its last genuine payment"
        case .window(let key, let statistic, let days):
            switch statistic {
            case .count: "payments of the \(keys[key]) in \(Self.days(days))"
            case .mean: "mean amount of the \(keys[key]) in \(Self.days(days))"
            case .known: "payments of the \(keys[key]) in \(Self.days(days)) whose labels are known"
            case .risk: "share of frauds of the \(keys[key]) in \(Self.days(days))"
            case .genuine: "genuine payments of the \(keys[key]) in \(Self.days(days))"
            case .frauds: "frauds of the \(keys[key]) in \(Self.days(days))"
            case .unexplained: "frauds of ordinary amounts of the \(keys[key]) in \(Self.days(days))"
            case .large: "large payments of the \(keys[key]) in \(Self.days(days))"
            case .genuineMean: "mean genuine amount of the \(keys[key]) in \(Self.days(days))"
            case .logRatio: "amount as a multiple of the \(keys[key])'s typical one in \(Self.days(days))"
            case .meanRatio: "payments of the \(keys[key]) in \(Self.days(days)) as multiples of the \(habit)'s habit"
            }
        case .since(let key, let since, _):
            switch since {
            case .last: "days since the last payment of the \(keys[key])"
            case .large: "days since the last large payment of the \(keys[key])"
            case .genuine: "days since the last genuine payment of the \(keys[key])"
            case .unexplained: "days since the last fraud of an ordinary amount of the \(keys[key])"
            case .run: "days since frauds of the \(keys[key]) began"
            }
        }
    }

    /// The value that the words speak of.
    func worded(_ value: Float) -> Float {
        if case .window(_, .logRatio, _) = self { exp(value) } else { value }
    }

    private static func days(_ count: Int) -> String { count == 1 ? "a day" : "\(count) days" }
}
