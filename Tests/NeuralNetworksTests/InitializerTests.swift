import Engine
import NeuralNetworks
import Testing

/// Mean and deviation of numbers.
private struct Moments {
    let mean: Double
    let deviation: Double

    init(_ values: [Float]) {
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
        self.mean = mean
        deviation = (values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count))
            .squareRoot()
    }
}

@Suite struct InitializerTests {
    @Test("a convolution starts normal with deviation √(2 / fan-in), its bias at zero", arguments: [1, 4])
    func heNormal(groups: Int) throws {
        let training = try Training.untrained(
            Sequential {
                Convolution(channels: 64, kernel: .init(3, 5), groups: groups)
                GlobalAveragePooling()
                Flatten()
            }, input: [32, 8, 8])
        let weight = try #require(training.state.tensors["convolution_1.weight"])
        let values = weight.floats, moments = Moments(values)
        let deviation = (2 / Double(32 / groups * 15)).squareRoot()
        // Of n draws the mean strays by σ/√n and the deviation by σ/√(2n); four times that.
        let root = Double(values.count).squareRoot()
        #expect(abs(moments.mean) < 4 * deviation / root)
        #expect(abs(moments.deviation / deviation - 1) < 4 / (2.0.squareRoot() * root))
        // A normal distribution has 4.55 % beyond two deviations, a uniform one none.
        let far = Double(values.count { abs(Double($0)) > 2 * deviation }) / Double(values.count)
        #expect(abs(far - 0.0455) < 4 * (0.0455 / Double(values.count)).squareRoot())
        #expect(training.state.tensors["convolution_1.bias"]?.floats == Array(repeating: 0, count: 64))
    }

    @Test("a dense layer starts uniform within √(6 / (fan-in + fan-out)), its bias at zero") func glorotUniform() throws
    {
        let training = try Training.untrained(Dense(100), input: [200])
        let weight = try #require(training.state.tensors["weight"])
        let values = weight.floats, moments = Moments(values)
        let limit = (6.0 / 300).squareRoot(), deviation = limit / 3.0.squareRoot()
        #expect(values.allSatisfy { abs(Double($0)) <= limit })
        #expect(Double(values.max() ?? 0) > 0.999 * limit)
        #expect(Double(values.min() ?? 0) < -0.999 * limit)
        #expect(abs(moments.mean) < 4 * deviation / Double(values.count).squareRoot())
        #expect(abs(moments.deviation / deviation - 1) < 0.02)
        #expect(training.state.tensors["bias"]?.floats == Array(repeating: 0, count: 100))
    }

    @Test(
        "a normalisation starts as nothing but a normalisation, or at zero where it is asked to",
        arguments: [false, true])
    func normalization(startsAtZero: Bool) throws {
        let training = try Training.untrained(BatchNormalization(startsAtZero: startsAtZero), input: [4])
        let tensors = training.state.tensors.mapValues(\.floats)
        #expect(
            tensors == [
                "weight": Array(repeating: startsAtZero ? 0 : 1, count: 4), "bias": [0, 0, 0, 0],
                "running_mean": [0, 0, 0, 0],
                "running_var": [1, 1, 1, 1],
            ])
    }

    @Test("the same seed gives the same weights, another seed others") func seeds() throws {
        let first = try Networks.training(seed: 3).state.tensors
        #expect(try Networks.training(seed: 3).state.tensors == first)
        let other = try Networks.training(seed: 4).state.tensors
        #expect(other.keys == first.keys)
        #expect(other["dense_1.weight"] != first["dense_1.weight"])
    }

    @Test("a weight depends on its name, not on what stands before it") func names() throws {
        let plain = try Training.untrained(
            Sequential {
                Dense(8)
                Dense(8)
            }, input: [8])
        let longer = try Training.untrained(
            Sequential {
                BatchNormalization()
                Dense(8)
                Activation(.relu)
                Residual { Dense(8) }
                Dense(8)
            }, input: [8])
        let first = plain.state.tensors, second = longer.state.tensors
        for name in ["dense_1.weight", "dense_2.weight"] { #expect(first[name] == second[name]) }
        #expect(first["dense_1.weight"] != first["dense_2.weight"])
        #expect(second["residual_1.sequential_1.dense_1.weight"] != second["dense_1.weight"])
    }
}
