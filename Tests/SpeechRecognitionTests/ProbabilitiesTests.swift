import Foundation
import SpeechRecognition
import Testing

@Suite struct ProbabilitiesTests {
    @Test func `Probabilities of logits sum to 1 however large they are`() {
        #expect(probabilities(ofLogits: [1_000, 1_000] as [Float], labelSmoothing: 0) == [0.5, 0.5])
        #expect(probabilities(ofLogits: [0, -1_000] as [Float], labelSmoothing: 0) == [1, 0])
        #expect(abs(probabilities(ofLogits: [0, 1, 2] as [Float], labelSmoothing: 0)[2] - 0.665_240_96) < 1e-6)
        for smoothing in [0, 0.1, 0.5, 0.9] as [Float] {
            let answer = probabilities(ofLogits: [3, -2, 0.5, -9, 1] as [Float], labelSmoothing: smoothing)
            #expect(abs(answer.reduce(0, +) - 1) < 1e-6 && answer.allSatisfy { $0 >= 0 })
        }
    }

    /// A network that has learned its smoothed labels by heart has these logits.
    @Test(arguments: [0, 0.05, 0.1, 0.3] as [Double])
    func `What smoothing adds to every class is taken off again`(smoothing: Double) {
        let truth = [0.6, 0.25, 0, 0.15, 0, 0]
        let logits = truth.map { Float(log(max((1 - smoothing) * $0 + smoothing / 6, 1e-30)) + 4) }
        for (answer, wanted) in zip(probabilities(ofLogits: logits, labelSmoothing: Float(smoothing)), truth) {
            #expect(abs(Double(answer) - wanted) < 1e-6)
        }
    }

    @Test func `A class rarer than smoothing makes it has nothing`() {
        let answer = probabilities(ofLogits: [0, -20, -20, -20] as [Float], labelSmoothing: 0.1)
        #expect(answer == [1, 0, 0, 0])
    }
}
