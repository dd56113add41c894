internal import CKernels
internal import Glibc

/// The instructions that a plan's kernels use.
public enum InstructionSet: String, CaseIterable, Sendable, CustomStringConvertible {
    /// Plain C, on every machine.
    case portable
    /// AVX2 with FMA and F16C.
    case avx2
    /// AVX-512 F, BW, DQ and VL.
    case avx512

    /// Whether this processor has them.
    public var isAvailable: Bool { unsafe kernelTable(of: self) != nil }

    /// What this processor has, the best last.
    public static let available: [InstructionSet] = allCases.filter(\.isAvailable)

    /// The one that the environment variable `ENGRAM_ISA` names, else the best that the processor has.
    ///
    /// - Throws: `InstructionSetError` where the variable names none, or one that the processor lacks.
    public static func preferred() throws(InstructionSetError) -> InstructionSet {
        try preferred(named: unsafe getenv("ENGRAM_ISA").map { unsafe String(cString: $0) })
    }

    /// The one of a name; nil is the best that the processor has.
    package static func preferred(named name: String?) throws(InstructionSetError) -> InstructionSet {
        guard let name else { return available.last ?? .portable }
        guard let named = InstructionSet(rawValue: name), named.isAvailable else {
            throw InstructionSetError(name: name)
        }
        return named
    }

    public var description: String { rawValue }
}

/// An instruction set that there is not, or not on this processor.
public struct InstructionSetError: Error, Hashable, CustomStringConvertible {
    /// As it was asked for.
    public var name: String

    public var description: String {
        let choices = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
        return "ENGRAM_ISA=\(name): no instruction set of this processor; it has \(choices)"
    }
}

/// The kernels of an instruction set; nil where the processor lacks it.
func kernelTable(of instructionSet: InstructionSet) -> UnsafePointer<engram_kernels>? {
    let isa: engram_isa =
        switch instructionSet {
        case .portable: ENGRAM_PORTABLE
        case .avx2: ENGRAM_AVX2
        case .avx512: ENGRAM_AVX512
        }
    return unsafe engram_kernels_for(isa)
}
