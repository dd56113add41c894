internal import CKernels

/// Counter-based random words: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011), keyed by seed, stream and position.
package enum RandomWords {
    /// The words at positions `first ..< first + count`.
    package static func words(seed: UInt64, stream: UInt64, first: UInt64, count: Int) -> [UInt32] {
        guard let table = unsafe kernelTable(of: .portable) else { return [] }
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress { unsafe table.pointee.random_u32(seed, stream, first, count, start) }
            initialized = count
        }
    }
}
