import Engine
import Kernels
import OperatorCases
import Testing

/// A graph planned and ready to run, with states of its own.
struct Run {
    let session: Session
    let states: [String: Storage]

    init(
        _ graph: Graph, _ instructionSet: InstructionSet, threads: Int = 1, passes: [Pass] = Pass.inference,
        precision: ProductPrecision = .f32
    ) throws {
        let whole = try graph.applying(passes)
        #expect(whole.violations() == [])
        let states = Dictionary(
            uniqueKeysWithValues: whole.states.map { state in
                (whole[state].name, Storage(copying: whole.initialState(state)?.storage ?? Storage(byteCount: 0)))
            })
        let plan = try Plan(
            whole, kernels: KernelSet(instructionSet, precision: precision), weights: WeightCache(), states: states)
        self.states = states
        session = Session(plan, pool: ThreadPool(threadCount: threads))
    }

    /// The outputs for inputs by name.
    func outputs(_ inputs: [String: Tensor]) throws -> [Tensor] {
        for (index, port) in session.plan.inputs.enumerated() {
            session.set(index, to: try #require(inputs[port.name]))
        }
        session.run()
        return session.plan.outputs.indices.map { session.output($0) }
    }
}

extension OperatorCase {
    /// The row as a graph of one node, what its inputs are given, and the node's outputs.
    func graph(
        weightsAreConstants: Bool = false, hasOutputs: Bool = true
    ) throws -> (graph: Graph, inputs: [String: Tensor], outputs: [Graph.Value]) {
        var graph = Graph()
        var given: [String: Tensor] = [:]
        var values: [Graph.Value?] = []
        for (index, input) in inputs.enumerated() {
            guard let input else {
                values.append(nil)
                continue
            }
            let name = "input \(index)"
            switch input.role {
            case .operand where weightsAreConstants && index > 0, .constant:
                values.append(graph.addConstant(input.tensor, name: name))
            case .state:
                values.append(graph.addState(input.tensor, name: name))
            case .operand:
                given[name] = input.tensor
                values.append(
                    graph.addInput(name, input.tensor.elementType, dimensions: input.tensor.shape.map { .fixed($0) }))
            }
        }
        let outputs = try graph.append(operation, values, name: "node")
        if hasOutputs {
            for (index, output) in outputs.enumerated() { graph.addOutput("output \(index)", output) }
        }
        return (graph, given, outputs)
    }
}

/// Checks numbers against an oracle's.
///
/// - Parameter relative: the difference that is allowed, of the largest finite number expected.
func expectClose(
    _ got: [Double], _ expected: [Double], relative: Double, _ what: @autoclosure () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard got.count == expected.count else {
        Issue.record("\(what()): \(got.count) numbers, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    let largest = expected.lazy.filter(\.isFinite).map(abs).max() ?? 0
    var first: Int?
    var worst = 0.0
    for index in got.indices {
        let isSame = got[index] == expected[index] || (got[index].isNaN && expected[index].isNaN)
        if isSame { continue }
        let difference = abs(got[index] - expected[index])
        if difference <= relative * largest { continue }
        if first == nil { first = index }
        if difference.isFinite { worst = max(worst, difference) } else { worst = .infinity }
    }
    if let first {
        Issue.record(
            """
            \(what()): number \(first) is \(got[first]), expected \(expected[first]); largest difference \(worst), \
            allowed \(relative * largest)
            """, sourceLocation: sourceLocation)
    }
}

extension Tensor {
    /// The elements in double.
    var doubles: [Double] { integers?.map(Double.init) ?? floats.map(Double.init) }
}
