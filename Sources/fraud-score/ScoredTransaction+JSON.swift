import FraudDetection
import Terminal

extension ScoredTransaction {
    /// `{"id":…,"score":…,"alert":…}`, with reasons where they were asked for.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(id)), .init("score", .number(score)), .init("alert", .bool(isAlert)),
        ]
        if let reasons {
            members.append(
                .init(
                    "reasons",
                    .array(
                        reasons.map {
                            [
                                "feature": .string($0.feature), "text": .string($0.text), "value": .string($0.value),
                                "usual": .string($0.usual), "logit": .number($0.logit),
                            ]
                        })))
        }
        return .object(members)
    }
}
