import Engine
import ModelInspection
import Testing

@Suite struct SummaryTests {
    @Test("a summary has what the graph has") func summary() throws {
        let summary = try ModelSummary(of: Models.digits())
        #expect(summary.inputs.map(\.description) == ["input  f32 [batch, 1, 8, 8]"])
        #expect(summary.outputs.map(\.description) == ["output  f32 [batch, 10]"])
        let operators = ["BatchNormalization", "Conv", "Flatten", "Gemm", "MaxPool", "Relu"]
        #expect(summary.operators.map(\.name) == operators)
        #expect(summary.operators.allSatisfy { $0.count == 1 })
        // 4·9 + 4, four numbers a channel, 10·64 + 10.
        #expect(summary.parameters == 40 + 16 + 650)
        #expect(summary.parameterBytes == 4 * summary.parameters)
        // 64 pixels of 4 channels of 9 products, and 10·64.
        #expect(summary.multiplyAdds == 64 * 4 * 9 + 640)
        #expect(summary.metadata.map(\.key) == ["labels", "task"])
    }

    @Test("operators stand by how often they occur, then by name") func order() throws {
        var graph = Graph()
        var x = graph.addInput("x", dimensions: ["time", 2])
        for _ in 0..<3 { x = try graph.append(Operators.Relu(), [x])[0] }
        x = try graph.append(Operators.Mul(), [x, x])[0]
        x = try graph.append(Operators.Add(), [x, x])[0]
        graph.addOutput("y", x)
        let summary = ModelSummary(of: graph)
        #expect(summary.operators.map { "\($0.name) \($0.count)" } == ["Relu 3", "Add 1", "Mul 1"])
        #expect(summary.outputs.map(\.dimensions) == [["time", "2"]])
    }

    @Test("a dimension that grows with a symbol shows the factor") func factors() throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: ["batch", "time", 3])
        let shape = graph.addConstant(Tensor([-1, 3] as [Int64], shape: [2]))
        graph.addOutput("rows", try graph.append(Operators.Reshape(), [x, shape])[0])
        let flat = graph.addConstant(Tensor([-1] as [Int64], shape: [1]))
        graph.addOutput("flat", try graph.append(Operators.Reshape(), [x, flat])[0])
        let dimensions = ModelSummary(of: graph).outputs.map(\.dimensions)
        #expect(dimensions == [["batch·time", "3"], ["3·batch·time"]])
    }

    @Test("a dimension that strides make smaller shows by what it is divided") func divisions() throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: ["batch", 1, "height", "width"])
        let same = SpatialWindow(kernel: 3, strides: .init(2, 1), padding: .same)
        let small = try graph.append(Operators.MaxPool(window: same), [x])[0]
        graph.addOutput("half", try graph.append(Operators.MaxPool(window: same), [small])[0])
        let whole = SpatialWindow(kernel: .init(1, 3), padding: .all(1))
        graph.addOutput("less", try graph.append(Operators.MaxPool(window: whole), [x])[0])
        let repeats = graph.addConstant(Tensor([1, 1, 2, 3] as [Int64], shape: [4]))
        let tiled = try graph.append(Operators.Tile(), [x, repeats])[0]
        let flat = graph.addConstant(Tensor([0, -1] as [Int64], shape: [2]))
        graph.addOutput("flat", try graph.append(Operators.Reshape(), [tiled, flat])[0])
        let sides = try [2, 3].map { axis in
            try graph.append(Operators.ReduceMax(axes: [1, axis], keepsDimensions: false), [x])[0]
        }
        graph.addOutput("joined", try graph.append(Operators.Concat(axis: 1), sides)[0])
        let summary = ModelSummary(of: graph)
        #expect(
            summary.outputs.map(\.dimensions) == [
                ["batch", "1", "height/4", "width"], ["batch", "1", "height+2", "width"],
                ["batch", "6·height·width"], ["batch", "?"],
            ])
        #expect(summary.sizes.map(\.symbol) == ["batch", "height", "width"])
        #expect(summary.sizes.map(\.size) == [1, 1, 1])
    }

    @Test("inputs so large that they cannot be doubled are shown as they are") func large() throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: ["batch", .fixed(1 << 59)])
        graph.addOutput("y", try graph.append(Operators.Relu(), [x])[0])
        let dimensions = ModelSummary(of: graph).outputs.map(\.dimensions)
        #expect(dimensions == [["1", "576460752303423488"]])
    }

    @Test("a plan's text names the steps, their kernels and the arena") func plan() throws {
        let text = try PlanText.text(of: Models.digits(), batch: 3, threads: 1)
        let lines = text.split(separator: "\n")
        #expect(lines.count >= 3)
        #expect(lines[0].hasPrefix("0  "))
        #expect(lines.last?.hasPrefix("arena ") == true)
        #expect(text.contains("[3, 10]"))
        #expect(text.contains("Conv"))
    }

    @Test("a batch that no memory holds is refused", arguments: [Int.max, 1 << 58, -1])
    func batch(_ batch: Int) throws {
        let graph = try Models.digits()
        #expect(throws: ShapeError.self) { try PlanText.text(of: graph, batch: batch, threads: 1) }
        #expect(throws: ShapeError.self) {
            try ModelBenchmark(graph, batch: batch, options: .init(threads: 1), isTraining: false)
        }
    }

    @Test("a benchmark runs a model or its training step", arguments: [false, true])
    func benchmark(isTraining: Bool) throws {
        let benchmark = try ModelBenchmark(
            Models.digits(), batch: 2, options: .init(threads: 1), isTraining: isTraining)
        let round = benchmark.round(seconds: 0.001)
        #expect(round.runs >= 1)
        #expect(round.minimumMicroseconds > 0)
        #expect(round.minimumMicroseconds <= round.medianMicroseconds)
        #expect(benchmark.multiplyAdds == (isTraining ? 3 : 1) * 2 * (64 * 4 * 9 + 640))
        #expect(benchmark.byteCount > 0)
    }

    @Test("a benchmark takes given numbers, whose batch counts, and refuses others") func givenInputs() throws {
        let graph = try Models.digits(), name = try #require(graph.inputs.first.map { graph[$0.value].name })
        let shape = [5] + Array(graph.type(of: graph.inputs[0].value).shape.dropFirst())
        let given = Tensor([Float](repeating: 0.5, count: shape.reduce(1, *)), shape: Shape(shape))
        let benchmark = try ModelBenchmark(
            graph, batch: 2, inputs: [name: given], options: .init(threads: 1), isTraining: false)
        #expect(benchmark.batch == 5 && benchmark.round(seconds: 0.001).runs >= 1)
        for (name, wrong) in [(name, Tensor([Float](repeating: 0.5, count: 5), shape: [5, 1])), ("another", given)] {
            #expect(throws: GraphError.self) {
                try ModelBenchmark(
                    graph, batch: 2, inputs: [name: wrong], options: .init(threads: 1), isTraining: false)
            }
        }
    }

    @Test("a model that has no gradient cannot be timed in training, with the node's name") func noGradient() throws {
        var graph = Graph()
        let x = graph.addInput("x", .i64, dimensions: ["batch"])
        graph.addOutput("y", try graph.append(Operators.Flatten(), [x])[0])
        #expect(throws: (any Error).self) {
            try ModelBenchmark(graph, batch: 2, options: .init(threads: 1), isTraining: true)
        }
    }

    @Test("a report's chart has a group a row and a bar a number of threads") func report() throws {
        let text = """
            {"machine": "here", "rows": [{"name": "a", "threads": 1, "ratio": 2.0}, {"name": "a", "threads": 2, "ratio": null},
            {"name": "b", "threads": 2, "ratio": 1.5}]}
            """
        let report = try BenchmarkReport(json: Array(text.utf8))
        #expect(report.rows.map(\.name) == ["a", "a", "b"])
        #expect(report.rows.map(\.ratio) == [2, nil, 1.5])
        _ = report.chart
    }
}
