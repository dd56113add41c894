import Engine
import Foundation
import Kernels
import OperatorCases
import Synchronization
import Testing

@Suite struct ModelTests {
    private func thrown(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    @Test("a convolution over cells keeps its weights once, however many plans are made")
    func cellWeightsAreKeptOnce() throws {
        var network = Network()
        network.output(try network.conv(network.input(["batch", 3, 33, 32]), to: 9, kernel: 7, strides: 2))
        let model = try Model(network.graph, options: Model.Options(threads: 1))
        let packed = try (1...12).map { batch in
            let output = try model.run(["x": Tensor.random([batch, 3, 33, 32], 1)])["y"]
            #expect(output?.shape == [batch, 9, 17, 16])
            return model.packedByteCount
        }
        #expect(packed[0] > 0 && Set(packed).count == 1, "packed bytes after each batch: \(packed)")
    }

    @Test("eight plans are kept, and the weights of all of them once")
    func plansAreKept() throws {
        let model = try Model(Network.image().graph, options: Model.Options(threads: 1))
        var first: [Int: Tensor] = [:]
        var packed: [Int] = []
        for size in Array(8...27) + [8, 9, 27] {
            let output = try #require(try model.run(["x": Tensor.random([1, 3, size, size], 1)])["y"])
            if let known = first[size] { #expect(known == output) }
            first[size] = output
            packed.append(model.packedByteCount)
        }
        // Weights are packed once for each algorithm that the sizes call for.
        #expect(Set(packed).count <= 3, "packed bytes after each size: \(packed)")
        #expect(Set(packed.suffix(4)).count == 1, "packed bytes after each size: \(packed)")
        #expect(Model.planLimit == 8)
        // The eight used last are the same objects still; the ninth is made anew.
        func plan(_ size: Int) throws -> Plan { try model.plan(for: ["x": TensorType(.f32, [1, 3, size, size])]) }
        let kept = try (8..<16).map { try plan($0) }
        for (index, size) in (8..<16).enumerated() { #expect(try plan(size) === kept[index]) }
        _ = try plan(16)
        for (index, size) in (9..<16).enumerated() { #expect(try plan(size) === kept[index + 1]) }
        #expect(try plan(8) !== kept[0])
        #expect(
            try model.plan(for: ["x": TensorType(.f32, [1, 3, 27, 27])])
                === model.plan(for: ["x": TensorType(.f32, [1, 3, 27, 27])]))
    }

    @Test("eight threads that run a model at once get the same bits", arguments: [1, 2])
    func concurrentRuns(threads: Int) throws {
        let model = try Model(Network.image().graph, options: Model.Options(threads: threads))
        let inputs = (0..<4).map { Tensor.random([1 + $0 % 2, 3, 12 + $0, 12 + $0], UInt64($0)) }
        let expected = try inputs.map { try model.run(["x": $0]) }
        let wrong = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { caller in
            for round in 0..<20 {
                let index = (caller + round) % inputs.count
                do {
                    let outputs = try model.run(["x": inputs[index]])
                    if outputs != expected[index] { wrong.withLock { $0.append("caller \(caller), round \(round)") } }
                } catch {
                    wrong.withLock { $0.append("\(error)") }
                }
            }
        }
        #expect(wrong.withLock { $0 } == [])
    }

    @Test("wrong inputs are refused with what was given and what is taken")
    func wrongInputs() throws {
        var network = Network()
        let x = network.input(["batch", 3, "size", "size"], name: "image")
        let y = network.input(["batch", 7], name: "extra")
        network.output(try network.conv(x, to: 4), name: "a")
        network.output(try network.relu(y), name: "b")
        let model = try Model(network.graph, options: Model.Options(threads: 1))
        let image = Tensor(zeros: [2, 3, 5, 5]), extra = Tensor(zeros: [2, 7])
        #expect(try model.run(["image": image, "extra": extra]).keys.sorted() == ["a", "b"])
        let rows: [([String: Tensor], String)] = [
            (["image": image], "input 'extra' is missing; the inputs are 'image', 'extra'"),
            ([:], "input 'image' is missing; the inputs are 'image', 'extra'"),
            (
                ["image": image, "extra": extra, "more": extra],
                "there is no input 'more'; the inputs are 'image', 'extra'"
            ),
            (
                ["image": Tensor(zeros: [2, 3, 5, 6]), "extra": extra],
                "input 'image' has shape [2, 3, 5, 6] where 'size' is 5 already"
            ),
            (
                ["image": image, "extra": Tensor(zeros: [3, 7])],
                "input 'extra' has shape [3, 7] where 'batch' is 2 already"
            ),
            (
                ["image": Tensor(zeros: [2, 4, 5, 5]), "extra": extra],
                "input 'image' has shape [2, 4, 5, 5] where the model takes [batch, 3, size, size]"
            ),
            (
                ["image": Tensor(zeros: [3, 5, 5]), "extra": extra],
                "input 'image' has shape [3, 5, 5] where the model takes [batch, 3, size, size]"
            ),
            (
                ["image": Tensor(zeros: [2, 3, 5, 5], .u8), "extra": extra],
                "input 'image' has elements u8 where the model takes f32"
            ),
        ]
        for (inputs, text) in rows { #expect(thrown { _ = try model.run(inputs) } == text) }
        #expect(thrown { _ = try Model(Graph()) } == "the model has no output")
        var training = Graph()
        let weight = training.addState(Tensor(1), name: "weight")
        training.addOutput("y", try training.append(Operators.Relu(), [weight])[0])
        #expect(
            thrown { _ = try Model(training) } == "'weight' changes from run to run; a model has constants instead")
        #expect(
            thrown { _ = try Model(network.graph, options: Model.Options(threads: 0)) }
                == "0 threads; 1 to 256 are possible")
    }

    @Test("sizes that an operator refuses are an error that names its node")
    func refusedSizes() throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: [1, "channels"])
        let w = graph.addConstant(Tensor(zeros: [1, 4]))
        graph.addOutput("y", try graph.append(Operators.Gemm(), [x, w], name: "dense")[0])
        let model = try Model(graph, options: Model.Options(threads: 1))
        #expect(
            thrown { _ = try model.run(["x": Tensor(zeros: [1, 3])]) }
                == "node 'dense' (Gemm): A [1, 3] and B [1, 4] do not go together")
    }

    @Test("an answer does not depend on its company", arguments: InstructionSet.available)
    func company(instructionSet: InstructionSet) throws {
        let options = Model.Options(threads: 2, instructionSet: instructionSet)
        let networks: [(Graph, Shape)] = [
            (try Network.image().graph, [3, 14, 14]), (try Network.image().graph, [3, 37, 37]),
            (try Network.table().graph, [30]),
        ]
        for (graph, each) in networks {
            let model = try Model(graph, options: options)
            for batch in [5, 33] {
                let whole = Tensor.random(Shape([batch] + each), 9, in: -2...2)
                let together = try #require(try model.run(["x": whole])["y"]).floats
                let width = together.count / batch, size = each.elementCount
                for row in stride(from: 0, to: batch, by: batch > 5 ? 8 : 1) {
                    let alone = Tensor(Array(whole.floats[row * size..<(row + 1) * size]), shape: Shape([1] + each))
                    let answer = try #require(try model.run(["x": alone])["y"]).floats
                    #expect(
                        answer == Array(together[row * width..<(row + 1) * width]), "row \(row) of \(batch), \(each)")
                }
            }
        }
    }

    @Test("one constant in two shapes is packed for each of them")
    func sharedConstants() throws {
        let weight = Tensor.random([6, 4], 1)
        var graph = Graph()
        let x = graph.addInput("x", dimensions: [2, 6]), y = graph.addInput("y", dimensions: [2, 4])
        graph.addOutput("a", try graph.append(Operators.Gemm(), [x, graph.addConstant(weight)])[0])
        graph.addOutput(
            "b", try graph.append(Operators.Gemm(), [y, graph.addConstant(weight.reshaped(to: [4, 6]))])[0])
        let model = try Model(graph, options: Model.Options(threads: 1))
        let inputs = ["x": Tensor.random([2, 6], 2), "y": Tensor.random([2, 4], 3)]
        let outputs = try model.run(inputs)
        func product(_ a: Tensor, _ b: Tensor) -> [Double] {
            let depth = a.shape[1], columns = b.shape[1]
            return (0..<2 * columns).map { place in
                (0..<depth).reduce(0) {
                    $0 + a.doubles[place / columns * depth + $1] * b.doubles[$1 * columns + place % columns]
                }
            }
        }
        expectClose(try #require(outputs["a"]).doubles, product(inputs["x"] ?? weight, weight), relative: 1e-6, "a")
        expectClose(
            try #require(outputs["b"]).doubles, product(inputs["y"] ?? weight, try weight.reshaped(to: [4, 6])),
            relative: 1e-6, "b")
    }
}
