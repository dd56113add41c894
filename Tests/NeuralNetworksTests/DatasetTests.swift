import Dispatch
import Engine
import NeuralNetworks
import Synchronization
import Testing

@Suite struct BatchOrderTests {
    @Test("an epoch goes through each example once", arguments: [0, 1, 2, 3, 100, 1001])
    func permutation(count: Int) {
        #expect(BatchOrder.shuffled(count: count, seed: 1, epoch: 0).sorted() == Array(0..<count))
    }

    @Test("seed and epoch decide the order") func decided() {
        let order = BatchOrder.shuffled(count: 100, seed: 1, epoch: 0)
        #expect(BatchOrder.shuffled(count: 100, seed: 1, epoch: 0) == order)
        #expect(BatchOrder.shuffled(count: 100, seed: 1, epoch: 1) != order)
        #expect(BatchOrder.shuffled(count: 100, seed: 2, epoch: 0) != order)
        #expect(order != Array(0..<100))
    }

    @Test("each place is as likely for each example") func even() {
        var counts = Array(repeating: 0, count: 25)
        for epoch in 0..<5000 {
            for (place, example) in BatchOrder.shuffled(count: 5, seed: 9, epoch: epoch).enumerated() {
                counts[place * 5 + example] += 1
            }
        }
        // χ² of 16 degrees of freedom: beyond 45 once in 8,000.
        #expect(counts.reduce(0.0) { $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000 } < 45)
    }
}

@Suite struct TensorDatasetTests {
    @Test("a batch has the examples that it is asked for, in that order") func batch() throws {
        let data = try TensorDataset(inputs: Tensor([0, 1, 10, 11, 20, 21], shape: [3, 2]), targets: [5, 6, 7])
        #expect(data.count == 3)
        let batch = data.batch([2, 0, 2], epoch: 4, seed: 1)
        #expect(batch.inputs == Tensor([20, 21, 0, 1, 20, 21], shape: [3, 2]))
        #expect(batch.targets == Tensor([7, 5, 7] as [Int64], shape: [3]))
    }

    @Test(
        "numbers that differ are refused",
        arguments: [
            (Tensor(zeros: [3, 2]), "inputs f32[3, 2] for 2 targets"),
            (Tensor(zeros: []), "inputs f32[] for 2 targets"),
            (Tensor(zeros: [2, 2], .u8), "inputs u8[2, 2] for 2 targets"),
        ])
    func refusal(_ inputs: Tensor, _ text: String) {
        #expect(fault { _ = try TensorDataset(inputs: inputs, targets: [0, 1]) } == text)
    }
}

/// A data set that notes what it was asked for, and fails at an example.
private final class NotingDataset: Dataset {
    struct Failure: Error {}
    let count: Int
    let failing: Int?
    let asked = Mutex<[[Int]]>([])
    /// Counts up for each batch asked for.
    let progress = DispatchSemaphore(value: 0)

    init(count: Int, failing: Int? = nil) {
        self.count = count
        self.failing = failing
    }

    func batch(_ indices: [Int], epoch: Int?, seed: UInt64) throws -> Batch {
        asked.withLock { $0.append(indices) }
        progress.signal()
        if let failing, indices.contains(failing) { throw Failure() }
        return Batch(
            inputs: Tensor(indices.map { Float($0) }, shape: [indices.count]),
            targets: Tensor([Int64(epoch ?? -1), Int64(seed)], shape: [2]))
    }
}

@Suite struct PreparationTests {
    @Test("batches come in their order, with epoch and seed", arguments: [1, 4, 1000])
    func order(ahead: Int) throws {
        let batches = (0..<100).map { [$0, $0 + 1] }
        let preparation = Preparation(batches, of: NotingDataset(count: 101), epoch: 3, seed: 8, ahead: ahead)
        for batch in batches {
            let made = try #require(try preparation.next())
            #expect(made.inputs.floats == batch.map { Float($0) })
            #expect(made.targets.integers == [3, 8])
        }
        preparation.cancel()
    }

    @Test("no more batches are made ahead than may wait") func ahead() throws {
        let dataset = NotingDataset(count: 100)
        let preparation = Preparation((0..<100).map { [$0] }, of: dataset, epoch: nil, seed: 0, ahead: 2)
        for _ in 0..<2 { dataset.progress.wait() }
        #expect(dataset.progress.wait(timeout: .now() + .milliseconds(20)) == .timedOut)
        _ = try preparation.next()
        dataset.progress.wait()
        #expect(dataset.asked.withLock { $0 } == [[0], [1], [2]])
        preparation.cancel()
    }

    @Test("an error comes at its batch, and the others come too") func errors() throws {
        let preparation = Preparation(
            (0..<8).map { [$0] }, of: NotingDataset(count: 8, failing: 3), epoch: nil, seed: 0)
        for index in 0..<8 {
            if index == 3 {
                #expect(throws: NotingDataset.Failure.self) { try preparation.next() }
            } else {
                #expect(try preparation.next()?.inputs.floats == [Float(index)])
            }
        }
        preparation.cancel()
    }

    @Test("a preparation can be cancelled at any moment, and lets its data set go", arguments: 0...12)
    func cancelled(taken: Int) throws {
        weak var watched: NotingDataset?
        do {
            let dataset = NotingDataset(count: 12)
            watched = dataset
            let preparation = Preparation((0..<12).map { [$0] }, of: dataset, epoch: nil, seed: 0, ahead: 3)
            for _ in 0..<taken { _ = try preparation.next() }
            preparation.cancel()
        }
        let end = ContinuousClock.now + .seconds(10)
        while watched != nil, ContinuousClock.now < end {}
        #expect(watched == nil)
    }
}
