internal import Kernels

/// In which order a recurrent operator goes through its sequences.
public enum RecurrentDirection: String, Hashable, Sendable, CaseIterable {
    /// From the first step to the last.
    case forward
    /// From each sequence's last step to its first.
    case reverse
    /// Both, with weights of their own, beside each other.
    case bidirectional

    /// How many passes over the sequence there are.
    public var count: Int { self == .bidirectional ? 2 : 1 }

    /// Whether a pass goes backwards.
    func isReverse(_ pass: Int) -> Bool { self == .reverse || pass == 1 }
}

/// What LSTM and GRU have in common: sizes, the order of steps, and the memory of each.
///
/// X is `[T, N, I]`, W `[D, gates·H, I]`, R `[D, gates·H, H]`, B `[D, 2·gates·H]`, states `[D, N, H]`, Y `[T, D, N, H]`. What is kept for
/// a gradient has the pass outside: `[D, T, N, …]`.
struct Recurrence {
    /// Sequences longer than this are refused: each step is a few jobs of the plan.
    static let longest = 1 << 16

    let direction: RecurrentDirection
    let gates, steps, rows, inputs, units: Int

    /// Checks the inputs that both have: X, W, R, B, the sequences' lengths, the initial hidden state.
    ///
    /// - Parameter takesSums: whether X holds W·x + B already, `[T, N, D·gates·H]`; there is no W then, and its depth is 0.
    init(_ operands: Operands, gates: Int, direction: RecurrentDirection, takesSums: Bool = false) throws(OperatorError)
    {
        let x = try operands.required(0, "X", rank: 3).shape, r = try operands.required(2, "R", rank: 3).shape
        self.direction = direction
        self.gates = gates
        (steps, rows, inputs, units) = (x[0], x[1], takesSums ? 0 : x[2], r[2])
        let passes = direction.count
        // Inputs may claim sizes whose products overflow.
        let width = Int.clampedProduct(gates, units)
        func isShape(_ shape: Shape, _ dimensions: Int...) -> Bool { shape.elementsEqual(dimensions) }
        if takesSums {
            guard isShape(r, passes, width, units), x[2] == .clampedProduct(passes, width) else {
                throw OperatorError(
                    "R \(r) does not go with the sums X \(x): [\(passes), \(gates)·H, H] and \(passes)·\(gates)·H of them are needed"
                )
            }
        } else {
            let w = try operands.required(1, "W", rank: 3).shape
            guard isShape(w, passes, width, inputs), isShape(r, passes, width, units) else {
                throw OperatorError(
                    "W \(w) and R \(r) do not go with X \(x): [\(passes), \(gates)·H, \(inputs)] and [\(passes), \(gates)·H, H] are needed"
                )
            }
        }
        guard steps <= Self.longest else {
            throw OperatorError("X \(x) has \(steps) steps; at most \(Self.longest) are supported")
        }
        let biases = Int.clampedProduct(2, width)
        if operands.optional(3) != nil, try !isShape(operands.required(3, "B").shape, passes, biases) {
            throw OperatorError("B has shape \(operands.types[3]?.shape ?? []); [\(passes), \(biases)] is needed")
        }
        if operands.optional(4) != nil, try !isShape(operands.required(4, "sequence_lens", .i32).shape, rows) {
            throw OperatorError(
                "sequence_lens has shape \(operands.types[4]?.shape ?? []); [\(rows)] is needed")
        }
        try checkState(operands, 5, "initial_h")
    }

    /// Checks an initial state, where it is given.
    func checkState(_ operands: Operands, _ index: Int, _ name: String) throws(OperatorError) {
        guard operands.optional(index) != nil else { return }
        let own = try operands.required(index, name).shape, state = try state()
        guard own == state else { throw OperatorError("\(name) has shape \(own); \(state) is needed") }
    }

    /// The sizes of a node whose shape rule has agreed.
    init(_ step: Step, gates: Int, direction: RecurrentDirection, takesSums: Bool = false) {
        let x = step.shape(0)
        self.direction = direction
        self.gates = gates
        (steps, rows, inputs, units) = (x[0], x[1], takesSums ? 0 : x[2], step.shape(2)[2])
    }

    var passes: Int { direction.count }
    /// The shape of a state.
    func state() throws(OperatorError) -> Shape { try Shape(inferred: [passes, rows, units]) }
    /// The shape of Y.
    func output() throws(OperatorError) -> Shape { try Shape(inferred: [steps, passes, rows, units]) }
    /// The shape of something that is kept for the gradient, so many times the units wide.
    func kept(_ width: Int) throws(OperatorError) -> Shape {
        try Shape(inferred: [passes, steps, rows, width * units])
    }

    var multiplyAdds: Int { .clampedProduct(steps, rows, passes, gates, units, inputs + units) }

    // MARK: Order

    /// Steps whose products with W are one: enough rows to use each weight often, few enough to stay in the cache.
    var chunk: Int { max(1, 64 / max(rows, 1)) }

    /// The chunks in the order of a pass.
    func chunks(_ pass: Int) -> [Range<Int>] {
        let all = stride(from: 0, to: steps, by: chunk).map { $0..<min($0 + chunk, steps) }
        return direction.isReverse(pass) ? all.reversed() : all
    }

    /// The steps of a chunk, or all, in the order of a pass.
    func times(_ range: Range<Int>, _ pass: Int) -> [Int] {
        direction.isReverse(pass) ? range.reversed() : Array(range)
    }

    func step(_ time: Int, _ pass: Int) -> RecurrentStep {
        RecurrentStep(time: time, steps: steps, isReverse: direction.isReverse(pass), rows: rows, units: units)
    }

    /// The step that a pass makes before `time`; nil where it begins there.
    func earlier(_ time: Int, _ pass: Int) -> Int? {
        let before = direction.isReverse(pass) ? time + 1 : time - 1
        return (0..<steps).contains(before) ? before : nil
    }

    // MARK: Memory

    /// A state's part of a pass.
    func state(_ region: Region, _ pass: Int) -> Region { part(region, pass, of: rows * units) }

    /// The part of X that some steps have, which takes so many bytes a float.
    func input(_ region: Region, _ times: Range<Int>, floatBytes: Int = 4) -> Region {
        let size = rows * inputs * floatBytes
        return region.part(offset: times.lowerBound * size, byteCount: times.count * size)
    }

    /// A step's sums of a pass, where X holds them: a row's passes are side by side.
    func sums(_ region: Region, _ time: Int, _ pass: Int) -> (sums: Region, rowStride: Int) {
        let width = gates * units, first = (time * rows * passes + pass) * width
        let count = rows == 0 ? 0 : ((rows - 1) * passes + 1) * width
        return (region.part(offset: min(first * 4, region.byteCount), byteCount: count * 4), passes * width)
    }

    /// A step's part of Y.
    func output(_ region: Region, _ time: Int, _ pass: Int) -> Region {
        part(region, time * passes + pass, of: rows * units)
    }

    /// What is kept of a pass.
    func kept(_ region: Region, _ width: Int, _ pass: Int) -> Region {
        part(region, pass, of: steps * rows * width * units)
    }

    /// What is kept of some steps of a pass.
    func kept(_ region: Region, _ width: Int, _ pass: Int, _ times: Range<Int>) -> Region {
        let size = rows * width * units * 4
        return kept(region, width, pass).part(offset: times.lowerBound * size, byteCount: times.count * size)
    }

    func kept(_ region: Region, _ width: Int, _ pass: Int, _ time: Int) -> Region {
        kept(region, width, pass, time..<time + 1)
    }

    /// The part of a number, of `count` floats.
    func part(_ region: Region, _ number: Int, of count: Int) -> Region {
        region.part(offset: number * count * 4, byteCount: count * 4)
    }
}

/// The packed weights of gates.
struct GatePanels {
    /// A pass's each.
    let regions: [Region]
    /// Floats from a gate's panels to the next one's.
    let stride: Int
    /// Whether they, and so what they are multiplied with, are pairs.
    let isOfPairs: Bool
    /// What they are instead of floats.
    var narrow: NarrowForm?
}

extension Step {
    /// The lengths of the sequences and what is active in each step; nil where all are whole.
    mutating func sequenceLengths(_ recurrence: Recurrence, _ lengths: Region?) -> SequenceLengths? {
        guard let lengths else { return nil }
        let bytes = SequenceLengths.rangeBytes(steps: recurrence.steps, chunk: recurrence.chunk)
        let sequence = SequenceLengths(
            lengths, ranges: temporary(byteCount: bytes), chunk: recurrence.chunk, steps: recurrence.steps,
            rows: recurrence.rows)
        append(kernels.activeRows(sequence))
        return sequence
    }

    /// Lets a state begin with what is given, or zeros.
    mutating func begin(_ state: Region, with initial: Region?) {
        append(initial.map { kernels.copy($0, to: state) } ?? kernels.fill(0, to: state))
    }

    /// A product of a matrix's rows, which are to be scheduled one after the other with the same sizes.
    mutating func matrix(
        rows: Int, depth: Int, _ output: Window.Pixels, isOfPairs: Bool = false, narrow: NarrowForm? = nil
    )
        -> Window
    {
        let window = Window(
            input: Window.Pixels(images: 1, height: 1, width: rows, channels: isOfPairs ? depth / 2 : depth),
            output: output, isOfPairs: isOfPairs, narrow: narrow)
        needScratch(window)
        return window
    }

    /// The same, to rows without gaps.
    mutating func matrix(rows: Int, depth: Int, columns: Int, isOfPairs: Bool = false, narrow: NarrowForm? = nil)
        -> Window
    {
        matrix(
            rows: rows, depth: depth, Window.Pixels(images: 1, height: 1, width: rows, channels: columns),
            isOfPairs: isOfPairs, narrow: narrow)
    }

    /// Weights `[passes, gates·H, depth]` of input `index` in panels, for each pass those of a gate behind the other's.
    mutating func gatePanels(_ index: Int, _ sizes: Recurrence, depth: Int, purpose: String)
        throws(GraphError) -> GatePanels
    {
        if takesPairs(index, depth: depth) {
            let count = sizes.passes * sizes.gates
            let matrices = pairs(input(index)), size = sizes.units * depth * 2
            let layout = WeightLayout(
                tapOffsets: [0], channels: depth / 2, channelStride: 1, columns: sizes.units, columnStride: depth / 2)
            let stride = kernels.packedCount(layout)
            let whole = temporary(byteCount: count * stride * 4)
            for number in 0..<count {
                append(
                    kernels.pack(
                        layout, matrices.part(offset: number * size, byteCount: size),
                        into: whole.part(offset: number * stride * 4, byteCount: stride * 4)))
            }
            return GatePanels(
                regions: (0..<sizes.passes).map { sizes.part(whole, $0, of: sizes.gates * stride) }, stride: stride,
                isOfPairs: true)
        }
        let packed = try matrixPanels(
            index,
            (0..<sizes.passes * sizes.gates).map {
                WeightLayout(
                    tapOffsets: [0], channels: depth, channelStride: 1, columns: sizes.units, columnStride: depth,
                    offset: $0 * sizes.units * depth)
            }, rows: sizes.rows, purpose: purpose)
        let panels = packed.regions
        return GatePanels(
            regions: (0..<sizes.passes).map {
                panels[$0 * sizes.gates].joined(to: panels[($0 + 1) * sizes.gates - 1])
            }, stride: (panels[1].offset - panels[0].offset) / 4, isOfPairs: false, narrow: packed.narrow)
    }

    /// A product of a matrix's rows with the panels of gates, to rows in which the gates are `stride` floats apart; `scratch` bytes are needed beside it.
    mutating func gates(rows: Int, depth: Int, _ panels: GatePanels, _ sizes: Recurrence, stride: Int, scratch: Int = 0)
        -> Window
    {
        var output = Window.Pixels(images: 1, height: 1, width: rows, channels: sizes.units)
        output.pixelStride = sizes.gates * stride
        let window = Window(
            input: Window.Pixels(images: 1, height: 1, width: rows, channels: panels.isOfPairs ? depth / 2 : depth),
            output: output,
            groups: Window.Groups(count: sizes.gates, panelStride: panels.stride, outputStride: stride),
            isOfPairs: panels.isOfPairs, narrow: panels.narrow)
        needScratch(window, beside: scratch)
        return window
    }

    /// Weights `[passes, columns, depth]` of input `index` in panels, a product a pass, from some of the columns on.
    mutating func recurrentPanels(
        _ index: Int, _ passes: Int, columns: Int, of all: Int, from first: Int = 0, depth: Int, rows: Int,
        purpose: String
    ) throws(GraphError) -> MatrixPanels {
        try matrixPanels(
            index,
            (0..<passes).map {
                WeightLayout(
                    tapOffsets: [0], channels: depth, channelStride: 1, columns: columns, columnStride: depth,
                    offset: ($0 * all + first) * depth)
            }, rows: rows, purpose: purpose)
    }

    /// The same weights for the way back: from so many of the `columns` to `depth`.
    mutating func recurrentPanelsBackward(
        _ index: Int, _ passes: Int, columns: Int, of all: Int, from first: Int = 0, depth: Int, purpose: String
    ) throws(GraphError) -> [Region] {
        try packed(
            index,
            (0..<passes).map {
                WeightLayout(
                    tapOffsets: [0], channels: columns, channelStride: depth, columns: depth, columnStride: 1,
                    offset: ($0 * all + first) * depth)
            }, purpose: purpose)
    }

    /// output = the sums of the columns of x.
    mutating func appendColumnSums(_ x: Region, columns: Int, to output: Region) {
        let rows = x.floatCount / max(columns, 1)
        let partials = temporary(byteCount: KernelSet.normalizationPartBytes(rows: rows, channels: columns))
        append(kernels.channelSums(x, channels: columns, partials: partials, to: output))
    }
}
