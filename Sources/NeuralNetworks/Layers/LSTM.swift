/// Long short-term memory: layers of it one on the other.
///
/// Each step gives i, o, f = σ(W·x + R·h + b), g = tanh(W·x + R·h + b), c ← f⊙c + i⊙g, h ← o⊙tanh(c). In training the gradient goes back to the
/// beginning of the batch's sequences and no further: with `carriesState` and `Training.Options.streams` the state goes on from batch to
/// batch (truncated back-propagation through time, Williams, Peng 1990). A finished network that carries state takes it as inputs
/// `….hidden_1`, `….cell_1` and so on, and gives the new ones as outputs of the names with `.next`.
///
/// - Shapes: `[N, T, in]` → `[N, T, D·units]`, or `[N, D·units]` of the last steps; weight_1 `[D, 4·units, in]`, recurrent_weight_1
///   `[D, 4·units, units]`, bias_1 `[D, 8·units]` and so on for each layer (uniform within ±1/√units), gates in the order i, o, f, c. D is 2 for
///   both directions.
/// - Source: Hochreiter, Schmidhuber 1997; Gers, Schmidhuber, Cummins 2000; initial values as PyTorch's `LSTM`; dropout between layers as Zaremba,
///   Sutskever, Vinyals 2014.
public struct LSTM: RecurrentLayer {
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
    /// What the forget gates' bias begins with, and then all other biases with 0: 1 lets a network remember from the start (Jozefowicz, Zaremba,
    /// Sutskever 2015). nil: biases begin as weights do.
    public var forgetBias: Float?
    public var kind: String { "lstm" }

    /// Layers of so many units.
    public init(
        _ units: Int, layers: Int = 1, isBidirectional: Bool = false, dropout: RecurrentDropout = 0.0,
        output: RecurrentOutput = .each,
        carriesState: Bool = false, forgetBias: Float? = nil
    ) {
        self.units = units
        levels = layers
        self.isBidirectional = isBidirectional
        self.dropout = dropout
        self.output = output
        self.carriesState = carriesState
        self.forgetBias = forgetBias
    }

    var gates: Int { 4 }
    var states: [String] { ["hidden", "cell"] }
    /// Of the eight blocks of W's and R's biases the third: W's of f.
    var bias: Initializer? { forgetBias.map { .block(2, of: 8, value: $0) } }
    func operation(_ direction: RecurrentDirection) -> any Operator { Operators.LSTM(direction: direction) }
}
