import Kernels
import Testing

/// What a region must hold when jobs have run.
struct Output {
    let name: String
    let region: Region
    let expected: [Double]
    /// How far each number may be from what is expected.
    let allowed: [Double]
    let numbers: (Storage) -> [Double]

    /// Floats.
    ///
    /// - Parameters:
    ///   - relative: the difference that is allowed, of `sizes`; where nothing is allowed, the float next to the expected number.
    ///   - sizes: the sum of the magnitudes of what a number is the sum of; else the number's own magnitude.
    static func floats(
        _ name: String, _ region: Region, _ expected: [Double], relative: Double = 0, absolute: Double = 0,
        of sizes: [Double]? = nil
    ) -> Output {
        let isExact = relative == 0 && absolute == 0
        return Output(
            name: name, region: region, expected: isExact ? expected.map { Double(Float($0)) } : expected,
            allowed: (sizes ?? expected).map { absolute + relative * abs($0) }
        ) { $0.array(of: Float.self).map(Double.init) }
    }

    /// Floats that are so many units in their last place away at most; what is beyond the greatest float is infinite.
    static func floats(_ name: String, _ region: Region, _ expected: [Double], ulps: Double, absolute: Double = 0)
        -> Output
    {
        let bounded = expected.map { Float($0).isFinite ? $0 : Double(Float($0)) }
        return Output(
            name: name, region: region, expected: bounded,
            allowed: bounded.map { $0.isFinite ? absolute + ulps * Double(Float($0).ulp) : 0 }
        ) { $0.array(of: Float.self).map(Double.init) }
    }

    /// Integers, exactly.
    static func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ name: String, _ region: Region, _ expected: [Integer]
    ) -> Output {
        Output(
            name: name, region: region, expected: expected.map { Double($0) },
            allowed: Array(repeating: 0, count: expected.count)
        ) { $0.array(of: Integer.self).map { Double($0) } }
    }

    /// What is wrong with numbers: the first that is, and by how much they are wrong at most.
    func fault(in storage: Storage) -> String? {
        let got = numbers(storage)
        guard got.count == expected.count else { return "\(name) has \(got.count) numbers, expected \(expected.count)" }
        var first: Int?
        var worst = 0.0
        for index in got.indices {
            if got[index] == expected[index] || (got[index].isNaN && expected[index].isNaN) { continue }
            let difference = abs(got[index] - expected[index])
            if difference <= allowed[index] { continue }
            first = first ?? index
            worst = difference.isNaN ? .infinity : max(worst, difference)
        }
        guard let first else { return nil }
        return """
            \(name)[\(first)] is \(got[first]), expected \(expected[first]), allowed difference \(allowed[first]); \
            largest difference \(worst)
            """
    }
}

/// Checks what jobs give: the expected numbers under every instruction set, the same bits with one, two and three threads, and nothing
/// written beside.
///
/// - Parameters:
///   - row: what a failure says first.
///   - jobs: makes the jobs.
func expect(
    _ row: String, _ memory: Memory, _ outputs: [Output], scratchBytes: (KernelSet) -> Int = { _ in 0 },
    sourceLocation: SourceLocation = #_sourceLocation, jobs: (KernelSet) -> [Job]
) throws {
    let pools = (1...3).map { ThreadPool(threadCount: $0) }
    for instructionSet in InstructionSet.available {
        let kernels = try KernelSet(instructionSet)
        let jobs = jobs(kernels)
        var alone: [[UInt8]] = []
        for pool in pools {
            let workspace = memory.run(jobs, scratchBytes: scratchBytes(kernels), pool: pool)
            func fail(_ fault: String) {
                Issue.record(
                    "\(row), \(instructionSet), \(pool.threadCount) threads: \(fault)", sourceLocation: sourceLocation)
            }
            if let place = memory.firstDamage(in: workspace) { fail("byte \(place) of the memory was written") }
            let results = outputs.map { workspace.read($0.region) }
            if pool.threadCount == 1 {
                for (output, result) in zip(outputs, results) {
                    if let fault = output.fault(in: result) { fail(fault) }
                }
                alone = results.map { $0.array(of: UInt8.self) }
            } else if results.map({ $0.array(of: UInt8.self) }) != alone {
                fail("other bits than with one thread")
            }
        }
    }
}

extension Array where Element == Float {
    /// In double, as oracles want it.
    var doubles: [Double] { map { Double($0) } }
}

extension Array where Element == Double {
    var magnitudes: [Double] { map { abs($0) } }
}
