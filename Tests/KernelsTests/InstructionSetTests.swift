import Kernels
import Testing

@Suite struct InstructionSetTests {
    @Test("what the processor has is in order, plain C first") func available() throws {
        #expect(InstructionSet.available.first == .portable)
        #expect(InstructionSet.available == InstructionSet.allCases.filter(\.isAvailable))
        #expect(InstructionSet.allCases.map(\.description) == ["portable", "avx2", "avx512"])
        for instructionSet in InstructionSet.allCases {
            if instructionSet.isAvailable {
                #expect(try KernelSet(instructionSet).instructionSet == instructionSet)
            } else {
                let error = #expect(throws: InstructionSetError.self) { try KernelSet(instructionSet) }
                #expect(error?.name == instructionSet.rawValue)
            }
        }
    }

    @Test("the variable names one, else the best is taken") func preferred() throws {
        #expect(try InstructionSet.preferred(named: nil) == InstructionSet.available.last)
        for instructionSet in InstructionSet.available {
            #expect(try InstructionSet.preferred(named: instructionSet.rawValue) == instructionSet)
        }
    }

    @Test("a name that there is not is refused, with those that there are", arguments: ["avx1024", "AVX2", ""])
    func unknown(name: String) {
        let error = #expect(throws: InstructionSetError.self) { try InstructionSet.preferred(named: name) }
        let choices = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
        #expect(
            error?.description == "ENGRAM_ISA=\(name): no instruction set of this processor; it has \(choices)")
    }
}
