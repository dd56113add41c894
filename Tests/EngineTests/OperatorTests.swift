import Engine
import Kernels
import OperatorCases
import Testing

@Suite struct OperatorTests {
    @Test(
        "an operator gives what its oracle gives, under every instruction set and with any number of threads",
        arguments: OperatorCases.all)
    func value(_ row: OperatorCase) throws {
        // What is exact in double too is compared as the float that the oracle's double rounds to.
        let oracles = row.expected
        let expected = oracles.map { output in
            row.tolerance.relative == 0 ? output.values.map { Double(Float($0)) } : output.values
        }
        for weightsAreConstants in [false, true] {
            let (graph, inputs, _) = try row.graph(weightsAreConstants: weightsAreConstants)
            for instructionSet in InstructionSet.available {
                let outputs = try Run(graph, instructionSet).outputs(inputs)
                for (index, oracle) in oracles.enumerated() {
                    #expect(outputs[index].shape == oracle.shape)
                    expectClose(
                        outputs[index].doubles, expected[index], relative: row.tolerance.relative,
                        "\(row), output \(index), \(instructionSet)\(weightsAreConstants ? ", constant weights" : "")")
                }
                let threaded = try Run(graph, instructionSet, threads: 2).outputs(inputs)
                #expect(outputs == threaded, "two threads give other bits than one")
            }
        }
    }

    @Test(
        "a gradient is what finite differences of the oracle give",
        arguments: OperatorCases.all.filter(\.isDifferentiable))
    func gradient(_ row: OperatorCase) throws {
        let values = row.inputs.map { $0.map { Numbers<Double>($0.tensor) } }
        let weights = Tensor.random([row.expected[0].values.count], 77)
        /// Σ y·weights of the oracle, which the graph computes as well.
        func loss(_ values: [Numbers<Double>?]) -> Double {
            zip(row.oracle(values)[0].values, weights.doubles).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let wanted = row.inputs.indices.filter { row.inputs[$0]?.hasGradient ?? false }
        let differences = wanted.map { Differences(of: loss, at: values, input: $0) }
        let (graph, inputs) = try row.gradientGraph(weights: weights, wanted: wanted)
        for instructionSet in InstructionSet.available {
            let outputs = try Run(graph, instructionSet, passes: Pass.training).outputs(inputs)
            let threaded = try Run(graph, instructionSet, threads: 2, passes: Pass.training).outputs(inputs)
            #expect(outputs == threaded, "two threads give other bits than one")
            for (difference, output) in zip(differences, outputs.dropFirst()) {
                #expect(output.shape == row.inputs[difference.input]?.tensor.shape)
                difference.expect(output.doubles, row.gradientTolerance.relative, "\(row), \(instructionSet)")
            }
        }
    }

    @Test("every operator has rows") func everyOperatorHasRows() {
        let names = Set(OperatorCases.all.map(\.name))
        for operation in OperatorRegistry.all {
            let name = operation.name
            if let owner = OperatorCases.coveredBy[name] {
                #expect(names.contains(owner), "\(name) is covered by \(owner), which has no rows")
            } else {
                #expect(names.contains(name), "\(name) has no rows")
            }
        }
        let registered = Set(OperatorRegistry.all.map { $0.name })
        #expect(names.subtracting(registered) == [])
        #expect(Set(OperatorCases.coveredBy.keys).subtracting(registered) == [])
        #expect(OperatorRegistry.all.count == registered.count)
    }

    @Test("the gradient operators that rows stand for are in the rows' gradients") func coveredOperatorsAreUsed() throws
    {
        var used: Set<String> = []
        for row in OperatorCases.all where row.isDifferentiable {
            let wanted = row.inputs.indices.filter { row.inputs[$0]?.hasGradient ?? false }
            let weights = Tensor(zeros: [row.expected[0].values.count])
            used.formUnion(try row.gradientGraph(weights: weights, wanted: wanted).graph.nodes.map(\.operation.name))
        }
        #expect(Set(OperatorCases.coveredBy.keys).subtracting(used) == [])
    }

    @Test("descriptions tell the rows apart") func descriptionsDiffer() {
        let rows = Dictionary(grouping: OperatorCases.all, by: \.description)
        #expect(rows.filter { $0.value.count > 1 }.map(\.key) == [])
    }
}

extension OperatorCase {
    /// The row's gradients as a training step has them: the loss Σ y·weights and then a gradient for each of the wanted inputs.
    func gradientGraph(weights: Tensor, wanted: [Int]) throws -> (graph: Graph, inputs: [String: Tensor]) {
        var (graph, given, outputs) = try graph(hasOutputs: false)
        let flat = try graph.append(
            Operators.Reshape(), [outputs[0], graph.addConstant(Tensor([1, -1] as [Int64], shape: [2]))], name: "flat")[
                0]
        let column = graph.addConstant(try weights.reshaped(to: [weights.shape.elementCount, 1]))
        let loss = try graph.append(Operators.MatMul(), [flat, column], name: "loss")[0]
        graph.addOutput("loss", loss)
        var whole = graph
        for pass in Pass.beforeDifferentiation {
            whole = try pass.apply(whole)
            #expect(whole.violations() == [], "after \(pass.name)")
        }
        let values = whole.inputs.filter { input in wanted.contains { whole[input.value].name == "input \($0)" } }.map(
            \.value)
        #expect(values.count == wanted.count)
        let gradients = try whole.appendGradients(of: whole.outputs[0].value, withRespectTo: values)
        for (index, gradient) in zip(wanted, gradients) { whole.addOutput("gradient \(index)", try #require(gradient)) }
        #expect(whole.violations() == [])
        return (whole, given)
    }
}

/// Central differences of a function with respect to one of its inputs: along single elements, and along directions that move all of them.
struct Differences {
    let input: Int
    private var elements: [(place: Int, slope: Double)] = []
    private var directions: [(direction: [Double], slope: Double)] = []

    init(of function: ([Numbers<Double>?]) -> Double, at values: [Numbers<Double>?], input: Int) {
        self.input = input
        guard let start = values[input], !start.values.isEmpty else { return }
        let step = 1e-6
        func slope(_ direction: [(Int, Double)]) -> Double {
            var ahead = values, behind = values
            for (place, amount) in direction {
                ahead[input]?.values[place] += step * amount
                behind[input]?.values[place] -= step * amount
            }
            return (function(ahead) - function(behind)) / (2 * step)
        }
        let count = start.values.count
        // Few where the oracle takes long; the directions move every element.
        let wanted = count <= 200 ? 10 : 3
        let places =
            count <= wanted ? Array(0..<count) : (0..<wanted).map { Int(uniform(91, UInt64($0)) * Float(count)) }
        elements = places.map { ($0, slope([($0, 1)])) }
        directions = (0..<2).map { number in
            let direction = (0..<count).map { Double(uniform(92 + UInt64(number), UInt64($0))) * 2 - 1 }
            return (direction, slope(Array(direction.enumerated()).map { ($0.offset, $0.element) }))
        }
    }

    /// Checks a gradient.
    func expect(_ gradient: [Double], _ relative: Double, _ what: String) {
        // Differences in double are good for about nine digits of the loss.
        let largest = max(gradient.map(abs).max() ?? 0, elements.map { abs($0.slope) }.max() ?? 0)
        for (place, slope) in elements where !(abs(gradient[place] - slope) <= relative * largest + 1e-7) {
            Issue.record(
                "\(what): gradient of input \(input) at \(place) is \(gradient[place]), by differences \(slope)")
            return
        }
        for (direction, slope) in directions {
            let products = zip(direction, gradient).map { $0 * $1 }
            let total = products.reduce(0, +), size = products.map(abs).reduce(0, +)
            if !(abs(total - slope) <= relative * size + 1e-6) {
                Issue.record(
                    "\(what): gradient of input \(input) along a direction is \(total), by differences \(slope)")
                return
            }
        }
    }
}
