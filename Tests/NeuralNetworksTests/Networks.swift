import Engine
import NeuralNetworks

/// Networks and data that several tests use.
enum Networks {
    /// A little of everything: convolution, normalisation, a residual block, dropout, pooling, dense.
    static let small = Sequential {
        Convolution(channels: 8, kernel: 3, padding: .same, hasBias: false)
        BatchNormalization()
        Activation(.relu)
        Residual {
            Convolution(channels: 8, kernel: 3, padding: .same, hasBias: false)
            BatchNormalization()
        }
        Activation(.relu)
        MaxPooling(2)
        Dropout(0.1)
        Flatten()
        Dense(10)
    }

    /// A training of the small network on 8×8 digits.
    static func training(
        seed: UInt64 = 1, threads: Int = 1, instructionSet: InstructionSet? = nil,
        optimizer: Optimizer = .adamW(weightDecay: 1e-2)
    ) throws -> Training {
        try Training(
            small, input: [1, 8, 8], loss: .softmaxCrossEntropy(labelSmoothing: 0.1), optimizer: optimizer,
            schedule: .cosine(peak: 0.01, warmUp: 5, steps: 250), seed: seed,
            options: .init(gradientLimit: 1, averaging: 0.99, threads: threads, instructionSet: instructionSet))
    }
}

/// Digits of 8×8 pixels in seven segments, moved by a pixel and under noise: known by construction.
enum Digits {
    /// Which segments are lit: top, upper left, upper right, middle, lower left, lower right, bottom.
    private static let segments: [[Int]] = [
        [0, 1, 2, 4, 5, 6], [2, 5], [0, 2, 3, 4, 6], [0, 2, 3, 5, 6], [1, 2, 3, 5], [0, 1, 3, 5, 6],
        [0, 1, 3, 4, 5, 6], [0, 2, 5],
        [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 5, 6],
    ]
    /// The pixels of each segment, in a box of 7 rows and 4 columns.
    private static let pixels: [[(row: Int, column: Int)]] = [
        (0..<4).map { (0, $0) }, (0..<4).map { ($0, 0) }, (0..<4).map { ($0, 3) }, (0..<4).map { (3, $0) },
        (3..<7).map { ($0, 0) }, (3..<7).map { ($0, 3) }, (0..<4).map { (6, $0) },
    ]

    static func dataset(count: Int, seed: UInt64) throws -> TensorDataset {
        var random = RandomStream(seed: seed, name: "digits")
        var images: [Float] = []
        var targets: [Int] = []
        for _ in 0..<count {
            let digit = random.integer(in: 0...9), down = random.integer(in: 0...1), right = random.integer(in: 1...3)
            var image = (0..<64).map { _ in random.uniform(-0.3, 0.3) }
            for (row, column) in segments[digit].flatMap({ pixels[$0] }) {
                image[(row + down) * 8 + column + right] = random.uniform(0.7, 1.3)
            }
            images += image
            targets.append(digit)
        }
        return try TensorDataset(inputs: Tensor(images, shape: [count, 1, 8, 8]), targets: targets)
    }
}

/// A data set that gives the same batch in each step; a batch may be anything.
struct FixedBatch: Dataset {
    var count: Int
    var made: @Sendable ([Int]) throws -> Batch

    func batch(_ indices: [Int], epoch: Int?, seed: UInt64) throws -> Batch { try made(indices) }
}

/// The error's whole text; nil where nothing is thrown.
func fault(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return "\(error)" }
    return nil
}

extension Training {
    /// The network as the seed makes it.
    static func untrained(_ network: some Layer, input: Shape, seed: UInt64 = 1) throws -> Training {
        try Training(
            network, input: input, loss: .softmaxCrossEntropy, optimizer: .sgd(momentum: 0),
            schedule: .constant(rate: 0.1), seed: seed,
            options: .init(threads: 1))
    }
}
