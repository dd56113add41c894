/// Gated recurrent units: layers of them one on the other.
///
/// Each step gives z, r = σ(W·x + R·h + b), n = tanh(W·x + Wb + r⊙(R·h + Rb)), h ← (1 − z)⊙n + z⊙h. What holds of an `LSTM`'s state holds of this one's, `….hidden_1`
/// and so on.
///
/// - Shapes: `[N, T, in]` → `[N, T, D·units]`, or `[N, D·units]` of the last steps; weight_1 `[D, 3·units, in]`, recurrent_weight_1
///   `[D, 3·units, units]`, bias_1 `[D, 6·units]` and so on for each layer (uniform within ±1/√units), gates in the order z, r, h. D is 2 for
///   both directions.
/// - Source: Cho et al. 2014, "Learning Phrase Representations using RNN Encoder–Decoder"; the reset gate behind the product, and the initial values, as PyTorch's `GRU`.
public struct GRU: RecurrentLayer {
    /// Of each direction.
    public var units: Int
    /// One on the other.
    public var levels: Int
    /// Whether each layer also goes from the end to the beginning.
    public var isBidirectional: Bool
    /// What becomes 0 in training.
    public var dropout: RecurrentDropout
    /// What is given on.
    public var output: RecurrentOutput
    /// Whether the state goes on from one stretch of a sequence to the next.
    public var carriesState: Bool
    public var kind: String { "gru" }

    /// Layers of so many units.
    public init(
        _ units: Int, layers: Int = 1, isBidirectional: Bool = false, dropout: RecurrentDropout = 0.0,
        output: RecurrentOutput = .each,
        carriesState: Bool = false
    ) {
        self.units = units
        levels = layers
        self.isBidirectional = isBidirectional
        self.dropout = dropout
        self.output = output
        self.carriesState = carriesState
    }

    var gates: Int { 3 }
    var states: [String] { ["hidden"] }
    func operation(_ direction: RecurrentDirection) -> any Operator {
        Operators.GRU(direction: direction, resetsAfter: true)
    }
}
