import Kernels

/// The arrays of a test, one behind the other in a workspace's arena, between stretches that nobody may write.
///
/// Arrays are aligned as their elements ask and no better, since kernels promise to need no more. All that is not given is NaN for
/// whoever reads what he should not, each another NaN, so that one computed from it shows where it is written.
struct Memory {
    /// What jobs find.
    private(set) var bytes: [UInt8] = []
    private var changing: [Range<Int>] = []

    /// An array that jobs read, and with `changes` may write.
    mutating func add<Element: BitwiseCopyable>(_ values: [Element], changes: Bool = false) -> Region {
        let content = Storage(copying: values).array(of: UInt8.self)
        let region = place(content.count, alignment: MemoryLayout<Element>.alignment, changes: changes)
        bytes.replaceSubrange(region.offset..<region.offset + region.byteCount, with: content)
        return region
    }

    /// An array that jobs write before they read it.
    mutating func room(bytes count: Int, alignment: Int = 8) -> Region {
        place(count, alignment: alignment, changes: true)
    }

    /// An array of floats that jobs write before they read it.
    mutating func room(floats count: Int) -> Region { room(bytes: 4 * count, alignment: 4) }

    private mutating func place(_ count: Int, alignment: Int, changes: Bool) -> Region {
        let start = (bytes.count + 64) / alignment * alignment + alignment
        bytes += filling(bytes.count..<start + count)
        if changes { changing.append(start..<start + count) }
        return Region(arena: start, byteCount: count)
    }

    /// What stands at places that are not given.
    private func filling(_ places: Range<Int>) -> [UInt8] {
        places.map { place in
            switch place % 4 {
            case 0: UInt8(truncatingIfNeeded: place / 4)
            case 1: UInt8(truncatingIfNeeded: place / 1_024)
            default: 0xFF
            }
        }
    }

    /// What stands in the arena: the arrays, and a stretch behind them.
    private var whole: [UInt8] { bytes + filling(bytes.count..<bytes.count + 64) }

    /// Runs jobs on a copy of this memory.
    func run(_ jobs: [Job], scratchBytes: Int = 0, pool: ThreadPool) -> Workspace {
        let whole = whole
        let workspace = Workspace(arenaBytes: whole.count, scratchBytes: scratchBytes, pool: pool)
        workspace.write(Storage(copying: whole), to: Region(arena: 0, byteCount: whole.count))
        for job in jobs { pool.run(job, in: workspace) }
        return workspace
    }

    /// The first byte that was written although nobody may.
    func firstDamage(in workspace: Workspace) -> Int? {
        let before = whole
        let after = workspace.read(Region(arena: 0, byteCount: before.count)).array(of: UInt8.self)
        var start = 0
        for range in changing + [before.count..<before.count] {
            if let place = (start..<range.lowerBound).first(where: { after[$0] != before[$0] }) { return place }
            start = range.upperBound
        }
        return nil
    }
}

/// `count` numbers of a range, decided by the seed.
///
/// - Source: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators" (SplitMix64).
func samples(_ count: Int, _ seed: UInt64, in range: ClosedRange<Float> = -1...1) -> [Float] {
    var state = seed &* 0xD1B5_4A32_D192_ED03
    return (0..<count).map { _ in
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return range.lowerBound + (range.upperBound - range.lowerBound) * Float((bits ^ bits >> 31) >> 40) * 0x1p-24
    }
}

/// Numbers of vectors and of tiles of each instruction set, one fewer, one more; and of tasks.
let lengths = [
    0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 1_031, 16_383, 16_384, 16_385, 50_001,
]
