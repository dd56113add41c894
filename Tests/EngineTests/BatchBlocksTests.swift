import AllocationCounter
import Engine
import Kernels
import OperatorCases
import Testing

@Suite struct BatchBlocksTests {
    private static func plan(_ graph: Graph, _ inputs: [String: Tensor], threads: Int = 1) throws -> Plan {
        try Model(graph, options: Model.Options(threads: threads)).plan(for: inputs.mapValues(\.type))
    }

    @Test(
        "a batch in blocks gives each row the bits that a small batch gives it",
        arguments: [(name: "table", batch: 5_003), ("image", 37), ("photo", 17)], [1, 2])
    func sameBits(_ row: (name: String, batch: Int), threads: Int) throws {
        let graph = try (row.name == "table" ? Network.table() : .image()).graph
        func shape(_ rows: Int) -> Shape {
            row.name == "table" ? [rows, 30] : row.name == "image" ? [rows, 3, 22, 22] : [rows, 3, 64, 64]
        }
        let rowCount = shape(1).elementCount
        let x = Tensor.random(shape(row.batch), 7), numbers = x.storage.array(of: Float.self)
        for instructionSet in InstructionSet.available {
            let model = try Model(graph, options: Model.Options(threads: threads, instructionSet: instructionSet))
            let plan = try model.plan(for: ["x": x.type])
            let block = try #require(plan.block, "\(row.name) is taken whole")
            #expect(row.batch % (block.inputs[0].type.shape[0]) != 0, "the last block should be short of rows")
            let whole = try #require(try model.run(["x": x])["y"]).storage.array(of: UInt32.self)
            let columns = whole.count / row.batch
            // As many as are taken whole.
            for start in stride(from: 0, to: row.batch, by: 15) {
                let rows = min(15, row.batch - start)
                let part = Tensor(
                    Array(numbers[start * rowCount..<(start + rows) * rowCount]), shape: shape(rows))
                #expect(try model.plan(for: ["x": part.type]).block == nil)
                let alone = try #require(try model.run(["x": part])["y"]).storage.array(of: UInt32.self)
                let same = Array(whole[start * columns..<(start + rows) * columns])
                #expect(alone == same, "\(instructionSet), rows from \(start)")
            }
        }
    }

    /// The rows of a case's first input, if each of them makes a row of each output.
    private static func rows(of row: OperatorCase) throws -> Int? {
        guard row.operation.keepsRowsApart(row.inputs.map { $0?.tensor.type }),
            case let (graph, inputs, outputs) = try row.graph(), let x = inputs["input 0"]?.type,
            let rows = x.shape.first, rows > 1,
            outputs.allSatisfy({ graph.type(of: $0).shape.first == rows })
        else { return nil }
        return rows
    }

    @Test("every operator that says that it keeps rows apart is tried")
    func everyOperatorIsTried() throws {
        let claimed = OperatorCases.all.filter { $0.operation.keepsRowsApart($0.inputs.map { $0?.tensor.type }) }
        let tried = try OperatorCases.all.filter { try Self.rows(of: $0) != nil }
        #expect(Set(claimed.map(\.name)).subtracting(tried.map(\.name)) == [])
        #expect(Set(tried.map(\.name)).count >= 45)
    }

    @Test("a row's numbers reach no other row", arguments: try OperatorCases.all.filter { try rows(of: $0) != nil })
    func rowsAreApart(_ row: OperatorCase) throws {
        let rows = try #require(try Self.rows(of: row))
        let (graph, inputs, _) = try row.graph()
        let x = try #require(inputs["input 0"])
        let run = try Run(graph, .portable)
        var changed = x.storage.array(of: UInt8.self)
        for index in 0..<changed.count / rows { changed[index] ^= 1 }
        var others = inputs
        others["input 0"] = try Tensor(bytes: changed, x.type)
        for (before, after) in zip(try run.outputs(inputs), try run.outputs(others)) {
            let bytes = before.storage.byteCount / rows
            let first = before.storage.array(of: UInt8.self), second = after.storage.array(of: UInt8.self)
            #expect(first.dropFirst(bytes) == second.dropFirst(bytes), "\(row)")
        }
    }

    /// Graphs in which one row reaches another, by inputs `x` of 4,096 rows.
    private static let mixing: [(name: String, make: @Sendable (inout Network, Graph.Value) throws -> Graph.Value)] = [
        ("softmax over the batch", { try $0.append(Operators.Softmax(axis: 0), $1) }),
        ("mean over the batch", { try $0.append(Operators.Sub(), $1, $0.append(Operators.ReduceMean(axes: [0]), $1)) }),
        (
            "rows that depend on their place",
            {
                let rows = try $0.append(Operators.ShapeOf(start: 0, end: 1), $1)
                let places = try $0.append(
                    Operators.Progression(), $0.graph.addConstant(Tensor([0 as Int64], shape: [])),
                    $0.append(Operators.Squeeze(), rows), $0.graph.addConstant(Tensor([1 as Int64], shape: [])))
                let numbers = try $0.append(Operators.Cast(to: .f32), places)
                let column = try $0.append(Operators.Unsqueeze(axes: [1]), numbers)
                return try $0.append(Operators.Add(), $1, column)
            }
        ),
        (
            "a scale that depends on the batch",
            {
                let rows = try $0.append(
                    Operators.Cast(to: .f32), $0.append(Operators.ShapeOf(start: 0, end: 1), $1))
                return try $0.append(Operators.Div(), $1, rows)
            }
        ),
        (
            "the rows turned round",
            {
                var bounds: [Graph.Value?] = [$1]
                for number in [-1, Int64.min, 0, -1] {  // from, to, axis, step
                    bounds.append($0.graph.addConstant(Tensor([number], shape: [1])))
                }
                return try $0.graph.append(Operators.Slice(), bounds)[0]
            }
        ),
        (
            "indices that count through all images",
            {
                let images = try $0.append(Operators.Unsqueeze(axes: [1, 2]), $1)
                let pool = Operators.MaxPool(window: SpatialWindow(kernel: .init(1, 2)), indices: .rowMajor)
                return try $0.graph.append(pool, [images])[1]
            }
        ),
        (
            "rows looked up in rows",
            {
                let numbers = try $0.append(Operators.ArgMax(axis: 1, keepsDimensions: false), $1)
                return try $0.append(Operators.Gather(axis: 0), $1, numbers)
            }
        ),
    ]

    @Test("a graph in which rows meet is taken whole", arguments: mixing.indices)
    func mixingIsWhole(_ index: Int) throws {
        var network = Network()
        let x = network.input(["batch", 32])
        network.output(try Self.mixing[index].make(&network, network.relu(x)))
        let inputs = ["x": Tensor.random([4_096, 32], 3)]
        #expect(try Self.plan(network.graph, inputs).block == nil, "\(Self.mixing[index].name)")
        // The same without what mixes.
        var apart = Network()
        let y = apart.input(["batch", 32])
        apart.output(try apart.dense(apart.relu(y), to: 32))
        #expect(try Self.plan(apart.graph, inputs).block != nil)
    }

    @Test("a batch of a fixed size, and large weights, are taken whole") func limits() throws {
        var fixed = Network()
        fixed.output(try fixed.dense(fixed.input([4_096, 32]), to: 32))
        #expect(try Self.plan(fixed.graph, ["x": Tensor.random([4_096, 32], 1)]).block == nil)
        var large = Network()
        large.output(try large.dense(large.input(["batch", 256]), to: 1_024))
        #expect(try Self.plan(large.graph, ["x": Tensor.random([4_096, 256], 1)]).block == nil)
    }

    @Test("running blocks on two threads allocates nothing", .enabled(if: engram_counts_allocations()))
    func blocksAllocateNothing() async {
        await #expect(processExitsWith: .success) {
            let model = try Model(Network.table().graph, options: Model.Options(threads: 2))
            let session = try model.session(for: ["x": TensorType(.f32, [5_000, 30])])
            try #require(session.plan.block != nil)
            session.set(0, to: Tensor.random([5_000, 30], 1))
            let counts = (0..<20).map { _ in
                let before = engram_process_allocations()
                session.run()
                return engram_process_allocations() - before
            }
            try #require(counts.min() == 0 && counts.filter { $0 > 0 }.count < 3, "\(counts)")
        }
    }
}
