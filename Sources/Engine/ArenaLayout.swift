/// Places stretches of memory in one arena: the smallest gap that is large enough, else the end.
struct ArenaLayout {
    /// Bytes that the arena must have.
    private(set) var size = 0
    /// Gaps in order; no two touch.
    private var gaps: [Range<Int>] = []
    private static let alignment = 64

    private static func rounded(_ byteCount: Int) -> Int { (max(byteCount, 1) + alignment - 1) / alignment * alignment }

    /// The offset of a new stretch.
    mutating func allocate(_ byteCount: Int) -> Int {
        let length = Self.rounded(byteCount)
        if let best = gaps.indices.filter({ gaps[$0].count >= length }).min(by: { gaps[$0].count < gaps[$1].count }) {
            let offset = gaps[best].lowerBound
            gaps[best] = offset + length..<gaps[best].upperBound
            if gaps[best].isEmpty { gaps.remove(at: best) }
            return offset
        }
        // A gap at the end grows.
        if let last = gaps.last, last.upperBound == size {
            gaps.removeLast()
            size = last.lowerBound + length
            return last.lowerBound
        }
        defer { size += length }
        return size
    }

    /// Gives a stretch back.
    mutating func free(offset: Int, byteCount: Int) {
        var gap = offset..<offset + Self.rounded(byteCount)
        let place = gaps.firstIndex { $0.lowerBound > gap.lowerBound } ?? gaps.count
        gaps.insert(gap, at: place)
        if place + 1 < gaps.count, gaps[place + 1].lowerBound == gap.upperBound {
            gap = gap.lowerBound..<gaps.remove(at: place + 1).upperBound
            gaps[place] = gap
        }
        if place > 0, gaps[place - 1].upperBound == gap.lowerBound {
            gaps[place - 1] = gaps[place - 1].lowerBound..<gap.upperBound
            gaps.remove(at: place)
        }
    }
}
