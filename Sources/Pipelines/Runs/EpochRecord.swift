import ModelFiles

package import Progress

/// What an epoch gave: a line of the log, a point of the curves.
package struct EpochRecord: Sendable, Hashable {
    /// Counted from 1.
    package var epoch: Int
    /// Steps since the beginning of the training.
    package var step: Int
    /// The mean loss of the examples as they were learned from.
    package var loss: Double
    /// The share of them that was right; nil where there is no right and wrong.
    package var accuracy: Double?
    /// What the application measured after the epoch, in its order.
    package var validation: [Metric] = []
    /// The learning rate of the epoch's last step.
    package var learningRate: Float
    /// How long the epoch took, without validation, in all the sessions that it was worked on.
    package var seconds: Double

    /// The record as JSON on one line; a figure that is not finite is null.
    package var line: String {
        func member(_ name: String, _ value: Double) -> String {
            "\(name.inJSON):\(value.isFinite ? value.description : "null")"
        }
        let members = [
            "\"epoch\":\(epoch)", "\"step\":\(step)", member("loss", loss), accuracy.map { member("accuracy", $0) },
            "\"validation\":{" + validation.map { member($0.name, $0.value) }.joined(separator: ",") + "}",
            "\"learning_rate\":\(learningRate)", member("seconds", (seconds * 1_000).rounded() / 1_000),
        ].compactMap { $0 }
        return "{" + members.joined(separator: ",") + "}"
    }
}

extension EpochRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case epoch, step, loss, accuracy, validation, learningRate, seconds
    }

    /// A metric as a checkpoint has it.
    private struct Figure: Codable {
        var name: String
        var value: Double
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        epoch = try container.decode(Int.self, forKey: .epoch)
        step = try container.decode(Int.self, forKey: .step)
        loss = try container.decode(Double.self, forKey: .loss)
        accuracy = try container.decodeIfPresent(Double.self, forKey: .accuracy)
        validation = try container.decode([Figure].self, forKey: .validation).map { Metric($0.name, $0.value) }
        learningRate = try container.decode(Float.self, forKey: .learningRate)
        seconds = try container.decode(Double.self, forKey: .seconds)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(epoch, forKey: .epoch)
        try container.encode(step, forKey: .step)
        try container.encode(loss, forKey: .loss)
        try container.encodeIfPresent(accuracy, forKey: .accuracy)
        try container.encode(validation.map { Figure(name: $0.name, value: $0.value) }, forKey: .validation)
        try container.encode(learningRate, forKey: .learningRate)
        try container.encode(seconds, forKey: .seconds)
    }
}
