import Engine
import OperatorCases
import Testing

/// `Graph.part(behind:named:dimensions:)`.
@Suite struct PartTests {
    @Test("a part computes what the whole does from there on, with no node that is not needed") func part() throws {
        var network = Network()
        let x = network.input([3, 6]), hidden = try network.relu(network.dense(x, to: 5))
        let doubled = try network.append(Operators.Add(), hidden, hidden)
        network.output(try network.dense(doubled, to: 2), name: "y")
        let graph = network.graph
        let part = try graph.part(behind: hidden, named: "hidden", dimensions: [3, 5])
        #expect(part.violations() == [])
        #expect(part.nodes.map(\.operation.name) == ["Add", "Gemm"])
        var both = graph
        both.addOutput("hidden", hidden)
        let given = Tensor.random([3, 6], 3)
        let whole = try Run(both, .portable, passes: []).outputs([graph[x].name: given])
        let rest = try Run(part, .portable, passes: []).outputs(["hidden": whole[1]])
        #expect(rest == [whole[0]])
    }

    @Test("a part that needs more than its value is refused, by the output that does") func more() throws {
        var network = Network()
        let x = network.input([3, 6]), hidden = try network.relu(x)
        network.output(try network.append(Operators.Add(), hidden, x), name: "sum")
        #expect {
            try network.graph.part(behind: hidden, named: "hidden", dimensions: [3, 6])
        } throws: { ($0 as? GraphError)?.fault == "the output 'sum' needs more than 'hidden'" }
    }
}
