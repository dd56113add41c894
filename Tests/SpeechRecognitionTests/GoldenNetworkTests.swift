import Engine
import ModelFiles
import Testing

/// The shipped network against ONNX Runtime, by what tools/goldens/keyword_network.py wrote.
struct GoldenNetworkTests {
    private static let goldens = #filePath.replacing("GoldenNetworkTests.swift", with: "Goldens")
    private static let shipped = #filePath.replacing(
        "Tests/SpeechRecognitionTests/GoldenNetworkTests.swift", with: "Sources/CKeywordModel/keywords.onnx")

    @Test(arguments: InstructionSet.available)
    func `the shipped network gives what ONNX Runtime gives, logit by logit`(_ instructionSet: InstructionSet) throws {
        let model = try Model(
            contentsOf: Self.shipped, options: Model.Options(threads: 1, instructionSet: instructionSet))
        let x = try Tensor(contentsOfNPY: Self.goldens + "/network-input.npy")
        let expected = try Tensor(contentsOfNPY: Self.goldens + "/network-output.npy")
        let outputs = try model.run(["input": Tensor(x.floats, shape: x.shape)])
        let given = try #require(outputs.values.first)
        #expect(given.shape == expected.shape)
        // Eleven convolutions of up to 864 terms in another order, six of them by Winograd: some 1e-6 of the largest logit, 3.7.
        let worst = zip(given.floats, expected.floats).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 2e-5, "\(worst)")
    }
}
