internal import Engine

/// Texts side by side that are gone on with character by character: what ``CharacterModel/run(_:_:)`` does for a step of each, on one
/// session and by the places of inputs and outputs.
struct CharacterSteps {
    private let session: Session
    private let numbers, logits: Int
    /// Of each state the input and the output of the plan, and what it is now.
    private var states: [(name: String, input: Int, output: Int, tensor: Tensor)]
    private let rows: Int

    /// - Parameter state: of the texts so far.
    init(_ model: CharacterModel, after state: CharacterModel.State) throws(GraphError) {
        rows = state.rows
        var types = state.tensors.mapValues(\.type)
        types[model.input] = TensorType(.i64, [rows, 1])
        session = try model.model.session(for: types)
        let plan = session.plan, inputs = plan.inputs.map(\.name), outputs = plan.outputs.map(\.name)
        states = []
        for (name, tensor) in state.tensors {
            guard let input = inputs.firstIndex(of: name), let output = outputs.firstIndex(of: "\(name).next"),
                plan.inputs[input].type == plan.outputs[output].type
            else { throw GraphError(fault: "the network has no state '\(name)' that goes on") }
            states.append((name, input, output, tensor))
        }
        guard let numbers = inputs.firstIndex(of: model.input), let logits = outputs.firstIndex(of: model.output) else {
            throw GraphError(fault: "the network has no '\(model.input)' or no '\(model.output)'")
        }
        guard plan.outputs[logits].type.shape.elementCount == rows * model.code.outputs else { throw model.wrongLogits }
        (self.numbers, self.logits) = (numbers, logits)
    }

    /// What is remembered by now.
    var state: CharacterModel.State {
        CharacterModel.State(tensors: Dictionary(uniqueKeysWithValues: states.map { ($0.name, $0.tensor) }), rows: rows)
    }

    /// Reads a number of each text, and gives the logits of what follows, `[rows, outputs]`.
    mutating func read(_ numbers: [Int64]) -> [Float] {
        session.set(self.numbers, to: Tensor(numbers, shape: [rows, 1]))
        for state in states { session.set(state.input, to: state.tensor) }
        session.run()
        for place in states.indices { states[place].tensor = session.output(states[place].output) }
        return session.output(logits).floats
    }
}
