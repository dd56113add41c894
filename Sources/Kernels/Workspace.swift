internal import Glibc

/// A stretch of memory that a kernel reads or writes: inside the workspace's arena, or inside a storage that outlives it.
///
/// That regions lie inside their memory and that what is written overlaps nothing that is alive are invariants of the plan that
/// places them; `offset` and `byteCount` of a region in a storage are checked when it is made.
package struct Region: Sendable {
    /// The storage that the region lies in; nil is the arena.
    package let storage: Storage?
    /// Bytes from the start of the memory.
    package let offset: Int
    package let byteCount: Int

    /// A region of the arena.
    package init(arena offset: Int, byteCount: Int) {
        precondition(offset >= 0 && byteCount >= 0, "a region at \(offset) of \(byteCount) bytes")
        self.storage = nil
        self.offset = offset
        self.byteCount = byteCount
    }

    /// A region of a storage.
    package init(_ storage: Storage, offset: Int = 0, byteCount: Int? = nil) {
        let byteCount = byteCount ?? storage.byteCount - offset
        precondition(
            offset >= 0 && byteCount >= 0 && offset + byteCount <= storage.byteCount,
            "a region at \(offset) of \(byteCount) bytes in a storage of \(storage.byteCount)")
        self.storage = storage
        self.offset = offset
        self.byteCount = byteCount
    }

    /// The number of floats in it.
    package var floatCount: Int { byteCount / 4 }

    /// A part of this region.
    package func part(offset: Int, byteCount: Int) -> Region {
        precondition(
            offset >= 0 && byteCount >= 0 && offset + byteCount <= self.byteCount,
            "a part at \(offset) of \(byteCount) bytes in a region of \(self.byteCount)")
        if let storage { return Region(storage, offset: self.offset + offset, byteCount: byteCount) }
        return Region(arena: self.offset + offset, byteCount: byteCount)
    }

    /// From here to the end of a region further on in the same memory.
    package func joined(to last: Region) -> Region {
        precondition(storage === last.storage && last.offset >= offset, "regions of different memory")
        let byteCount = last.offset + last.byteCount - offset
        if let storage { return Region(storage, offset: offset, byteCount: byteCount) }
        return Region(arena: offset, byteCount: byteCount)
    }

    /// Whether both share a byte.
    package func overlaps(_ other: Region) -> Bool {
        storage === other.storage && offset < other.offset + other.byteCount && other.offset < offset + byteCount
    }
}

/// The memory of one running plan: its arena, and scratch for each worker.
///
/// One caller at a time runs a plan in a workspace.
@safe package final class Workspace: @unchecked Sendable {  // one caller at a time; its workers write disjoint regions
    private let arena: Storage
    private let scratch: Storage
    private let scratchStride: Int
    /// For each worker, where it runs blocks of a batch; empty where the plan has none.
    private let blockWorkspaces: [Workspace]
    /// What is read where it lies, by number.
    private var given: [Storage?]
    /// The threads that run the plan's steps.
    package let pool: ThreadPool

    /// - Parameters:
    ///   - block: bytes of arena and scratch that a block of a batch needs, where a plan runs its batch in blocks.
    ///   - givenCount: how many tensors it is given to read where they lie.
    package init(
        arenaBytes: Int, scratchBytes: Int, pool: ThreadPool, block: (arenaBytes: Int, scratchBytes: Int)? = nil,
        givenCount: Int = 0
    ) {
        arena = Storage(byteCount: arenaBytes)
        scratchStride = (scratchBytes + 4095) / 4096 * 4096 + 64
        scratch = Storage(byteCount: scratchStride * pool.threadCount)
        self.pool = pool
        given = Array(repeating: nil, count: givenCount)
        blockWorkspaces =
            block.map { block in
                let alone = ThreadPool(threadCount: 1)
                return (0..<pool.threadCount).map { _ in
                    Workspace(arenaBytes: block.arenaBytes, scratchBytes: block.scratchBytes, pool: alone)
                }
            } ?? []
    }

    /// Bytes of memory that the machine has: what a plan may need at most.
    package static let memoryLimit = max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)))

    /// Bytes that the workspace holds.
    package var byteCount: Int { blockWorkspaces.reduce(arena.byteCount + scratch.byteCount) { $0 + $1.byteCount } }

    /// The first element of a region.
    func pointer<Element: BitwiseCopyable>(_ region: Region, as type: Element.Type = Float.self)
        -> UnsafeMutablePointer<Element>
    {
        let base = unsafe region.storage?.base ?? arena.base
        return unsafe (base + region.offset).assumingMemoryBound(to: type)
    }

    /// The scratch of a worker.
    func scratch(of worker: Int) -> UnsafeMutablePointer<Float> {
        unsafe (scratch.base + worker * scratchStride).assumingMemoryBound(to: Float.self)
    }

    /// Where a worker runs blocks of a batch.
    func blockWorkspace(of worker: Int) -> Workspace { blockWorkspaces[worker] }

    /// Takes a tensor that is read where it lies; it stays until the next one comes.
    package func give(_ storage: Storage, number: Int) { given[number] = storage }

    /// The bytes of what was given.
    func given(_ number: Int) -> UnsafePointer<UInt8> {
        guard let storage = given[number] else { preconditionFailure("nothing was given as \(number)") }
        return unsafe UnsafePointer(storage.base.assumingMemoryBound(to: UInt8.self))
    }

    /// Copies a storage into a region of the same size.
    package func write(_ source: Storage, to region: Region) {
        precondition(
            source.byteCount == region.byteCount, "\(source.byteCount) bytes for a region of \(region.byteCount)")
        unsafe pointer(region, as: UInt8.self).update(
            from: source.base.assumingMemoryBound(to: UInt8.self), count: region.byteCount)
    }

    /// Copies floats into a region of the same size.
    package func write(_ source: [Float], to region: Region) {
        precondition(
            source.count * 4 == region.byteCount, "\(source.count) floats for a region of \(region.byteCount) bytes")
        unsafe source.withUnsafeBufferPointer { source in
            if let start = source.baseAddress {
                unsafe pointer(region).update(from: start, count: source.count)
            }
        }
    }

    /// The bytes of a region, copied.
    package func read(_ region: Region) -> Storage {
        let copy = Storage(byteCount: region.byteCount)
        unsafe copy.base.copyMemory(from: pointer(region, as: UInt8.self), byteCount: region.byteCount)
        return copy
    }
}
