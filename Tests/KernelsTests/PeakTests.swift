import Kernels
import Testing

@Suite struct PeakTests {
    @Test("each task of the peak does its multiply-adds", arguments: [(0, 66), (1, 45), (3, 29.25)])
    func sums(rounds: Int, sum: Double) throws {
        // Twelve chains, which start at 0 to 11; few rounds are exact.
        var memory = Memory()
        let output = memory.room(floats: 5)
        try expect("\(rounds) rounds", memory, [.floats("sums", output, Array(repeating: sum, count: 5), relative: 0)])
        {
            [$0.peak(rounds: rounds, to: output)]
        }
    }

    @Test("a round is twelve vectors", arguments: InstructionSet.available)
    func count(instructionSet: InstructionSet) throws {
        let lanes = [InstructionSet.portable: 4, .avx2: 8, .avx512: 16]
        #expect(try KernelSet(instructionSet).peakMultiplyAdds(rounds: 3) == lanes[instructionSet].map { 36 * $0 })
    }
}
