internal import Glibc

/// Bytes with one owner, aligned to 64, zero when made; what tensors, packed weights, and workspaces are made of.
///
/// A storage is written by whoever made it and read by everybody afterwards. The kernels' workspaces are the exception: there the
/// plan's order of steps decides who writes when.
@safe package final class Storage: @unchecked Sendable {
    // Written only before it is shared, or under a plan's order of steps.
    package let byteCount: Int
    let base: UnsafeMutableRawPointer
    private let allocation: UnsafeMutableRawPointer
    /// What the allocation maps; 0 where it is the heap's.
    private let mappedBytes: Int
    private static let alignment = 64
    private static let largePage = 1 << 21

    /// Zeroed bytes.
    package init(byteCount: Int) {
        precondition(byteCount >= 0, "a storage of \(byteCount) bytes")
        self.byteCount = byteCount
        // The system's fresh pages are zero already: a large storage costs what is written of it. It begins a page of 2 MB, which spares
        // it most of the faults that fresh memory costs, and reading it the translation.
        mappedBytes = byteCount >= Self.largePage ? byteCount + Self.largePage : 0
        let memory =
            unsafe mappedBytes > 0
            ? mmap(nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            : calloc(1, byteCount + Self.alignment)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            preconditionFailure("no memory for \(byteCount) bytes")
        }
        unsafe allocation = memory
        unsafe base = memory.alignedUp(toMultipleOf: mappedBytes > 0 ? Self.largePage : Self.alignment)
        if mappedBytes > 0 { unsafe madvise(base, byteCount, MADV_HUGEPAGE) }
    }

    deinit {
        if mappedBytes > 0 { unsafe munmap(allocation, mappedBytes) } else { unsafe free(allocation) }
    }

    /// The bytes of an array of plain numbers.
    package convenience init<Element: BitwiseCopyable>(copying values: [Element]) {
        self.init(byteCount: values.count * MemoryLayout<Element>.stride)
        unsafe values.withUnsafeBytes { source in
            if let start = source.baseAddress {
                unsafe base.copyMemory(from: start, byteCount: source.count)
            }
        }
    }

    /// The bytes of a span.
    package convenience init(copying bytes: Span<UInt8>) {
        self.init(byteCount: bytes.count)
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress {
                unsafe base.copyMemory(from: start, byteCount: source.count)
            }
        }
    }

    /// The bytes of another storage.
    package convenience init(copying other: Storage) {
        self.init(byteCount: other.byteCount)
        unsafe base.copyMemory(from: other.base, byteCount: byteCount)
    }

    /// Copies bytes of another storage; only the maker of a storage calls this, before anybody else has it.
    package func copy(from other: Storage, at offset: Int, to place: Int, byteCount: Int) {
        precondition(
            offset >= 0 && place >= 0 && byteCount >= 0 && offset + byteCount <= other.byteCount
                && place + byteCount <= self.byteCount, "\(byteCount) bytes from \(offset) to \(place)")
        unsafe (base + place).copyMemory(from: other.base + offset, byteCount: byteCount)
    }

    /// The storage's elements as an array of plain numbers; trailing bytes that fill no element are left out.
    package func array<Element: BitwiseCopyable>(of type: Element.Type) -> [Element] {
        let count = byteCount / MemoryLayout<Element>.stride
        return unsafe Array(UnsafeBufferPointer(start: base.assumingMemoryBound(to: type), count: count))
    }

    /// The floats to read.
    package var floats: Span<Float> {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe Span(
                _unsafeStart: UnsafePointer(base.assumingMemoryBound(to: Float.self)), count: byteCount / 4)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The bytes to read.
    package var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe Span(
                _unsafeStart: UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), count: byteCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Hands the bytes to `body` to be written; only the maker of a storage calls this, before anybody else has it.
    package func withMutableBytes<Result>(_ body: (inout MutableSpan<UInt8>) throws -> Result) rethrows -> Result {
        var span = unsafe MutableSpan(_unsafeStart: base.assumingMemoryBound(to: UInt8.self), count: byteCount)
        return try body(&span)
    }
}
