internal import CKernels

/// Rows of a table by their numbers: x is [outer][count][inner], numbers are i32 or i64.
///
/// A negative number counts from the end. One that is out of range gives zeros and takes no gradient, as a target that is no class has
/// no loss: nothing outside of the table is touched.
package struct Gathering: Hashable, Sendable {
    /// Of the table: dimensions before the axis as one, the axis, and those after it as one.
    package let outer, count, inner: Int
    /// How many numbers there are.
    package let numbers: Int
    /// Whether they are i64.
    package let isWide: Bool

    package init(outer: Int, count: Int, inner: Int, numbers: Int, isWide: Bool) {
        self.outer = outer
        self.count = count
        self.inner = inner
        self.numbers = numbers
        self.isWide = isWide
    }

    /// The row that the number at a place means; nil where there is none.
    fileprivate func row(_ place: Int, _ workspace: Workspace, _ region: Region) -> Int? {
        let number =
            isWide
            ? unsafe Int(workspace.pointer(region, as: Int64.self)[place])
            : unsafe Int(workspace.pointer(region, as: Int32.self)[place])
        // A number near the smallest must not overflow.
        guard number >= -count, number < count else { return nil }
        return number < 0 ? number + count : number
    }
}

extension KernelSet {
    /// y [outer][numbers][inner] = x's rows, of elements of `elementBytes`.
    package func gather(_ gathering: Gathering, _ x: Region, _ numbers: Region, elementBytes: Int, to y: Region) -> Job
    {
        let bytes = gathering.inner * elementBytes
        return cut("gather", gathering.outer * gathering.numbers, cost: bytes, grain: 131_072) {
            workspace, first, last, _ in
            let from = unsafe workspace.pointer(x, as: UInt8.self), to = unsafe workspace.pointer(y, as: UInt8.self)
            for place in first..<last {
                let (outer, number) = place.quotientAndRemainder(dividingBy: gathering.numbers)
                if let row = gathering.row(number, workspace, numbers) {
                    unsafe (to + place * bytes).update(
                        from: from + (outer * gathering.count + row) * bytes, count: bytes)
                } else {
                    unsafe (to + place * bytes).update(repeating: 0, count: bytes)
                }
            }
        }
    }

    /// dx [outer][count][inner] = for each row the sum of dy where it was taken, in the order of the numbers.
    package func gatherBackward(_ gathering: Gathering, dy: Region, _ numbers: Region, to dx: Region) -> Job {
        let inner = gathering.inner
        // Each task looks through all numbers for those of its rows.
        let work = gathering.numbers * inner / max(gathering.count, 1) + inner
        let chunk = max(
            (gathering.count + 7) / 8, Self.chunk(gathering.count, cost: work, grain: 65_536, multipleOf: 1))
        let tasks = gathering.count == 0 ? 0 : (gathering.count + chunk - 1) / chunk
        return Job("gather_backward_\(instructionSet)", count: tasks * gathering.outer) { [self] workspace, task, _ in
            let (outer, part) = task.quotientAndRemainder(dividingBy: tasks)
            let rows = part * chunk..<min(gathering.count, (part + 1) * chunk)
            let to = unsafe workspace.pointer(dx) + outer * gathering.count * inner
            let from = unsafe workspace.pointer(dy) + outer * gathering.numbers * inner
            unsafe table.pointee.fill_f32(rows.count * inner, 0, to + rows.lowerBound * inner)
            for number in 0..<gathering.numbers {
                guard let row = gathering.row(number, workspace, numbers), rows.contains(row) else { continue }
                let sum = unsafe to + row * inner
                unsafe table.pointee.add_f32(inner, sum, from + number * inner, sum)
            }
        }
    }
}
