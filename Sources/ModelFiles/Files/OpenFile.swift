import Engine
import Glibc

/// A file of the operating system while it is open; the only place in this room that hands pointers to the C library.
struct OpenFile: ~Copyable, Sendable {
    /// What a path names.
    enum Kind { case regular, directory, other }

    /// A file's size, and the time when it was last written to.
    struct State: Hashable {
        let byteCount: Int
        let seconds: Int
        let nanoseconds: Int
    }

    let path: String
    private let descriptor: CInt

    /// Opens a file to read.
    init(reading path: String) throws(ModelFileError) {
        descriptor = try Self.open(path, O_RDONLY, "cannot be read")
        self.path = path
    }

    /// Makes a file that is not there yet; errors name the one that it stands in for.
    init(creating path: String, insteadOf target: String) throws(ModelFileError) {
        do { descriptor = try Self.open(path, O_WRONLY | O_CREAT | O_EXCL, "cannot be written") } catch {
            throw ModelFileError(target, error.fault)
        }
        self.path = path
    }

    /// Opens a file to be locked, which is made where it is missing.
    init(locking path: String) throws(ModelFileError) {
        descriptor = try Self.open(path, O_RDWR | O_CREAT, "cannot be locked")
        self.path = path
    }

    private static func open(_ path: String, _ flags: CInt, _ failure: String) throws(ModelFileError) -> CInt {
        // The C library would end the path at its first zero byte, and open another file.
        guard !path.utf8.contains(0) else { throw ModelFileError(path.quoted, "not a path, since it has a zero byte") }
        let descriptor = retrying { unsafe Glibc.open(path, flags | O_CLOEXEC, 0o666) }
        guard descriptor >= 0 else { throw ModelFileError(path, failure, errorNumber: errno) }
        if Kind(mode: status(of: descriptor).st_mode) == .directory {
            _ = close(descriptor)
            throw ModelFileError(path, "is a directory, not a file")
        }
        return descriptor
    }

    deinit { _ = close(descriptor) }

    private static func status(of descriptor: CInt) -> stat {
        var status = stat()
        unsafe fstat(descriptor, &status)
        return status
    }

    /// The bytes of a regular file; nil for pipes and devices, whose end shows only when it is reached.
    var byteCount: Int? {
        let status = Self.status(of: descriptor)
        return Kind(mode: status.st_mode) == .regular ? Int(status.st_size) : nil
    }

    /// What tells whether a regular file was written to: its size and when that was; nil for pipes and devices.
    var state: State? {
        let status = Self.status(of: descriptor)
        guard Kind(mode: status.st_mode) == .regular else { return nil }
        return State(
            byteCount: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// Goes on at a byte of the file; returns the error number where that failed.
    func seek(to offset: Int) -> CInt { lseek(descriptor, offset, SEEK_SET) == offset ? 0 : errno }

    /// The next bytes: `count` of them, fewer only where the file ends.
    ///
    /// The memory for all of them is taken at once, so `count` is never a number that a file names and nobody has checked.
    func read(_ count: Int) throws(ModelFileError) -> [UInt8] {
        var failure: CInt = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let memory = UnsafeMutableRawBufferPointer(buffer)
            unsafe Self.useLargePages(memory)
            (filled, failure) = unsafe fill(memory)
        }
        guard failure == 0 else { throw ModelFileError(path, "cannot be read", errorNumber: failure) }
        return bytes
    }

    /// Fills `span` with the next bytes; returns whether the file had as many.
    ///
    /// - Parameter offset: the byte of the file to begin with; nil to go on where the last reading ended.
    func read(into span: inout MutableSpan<UInt8>, at offset: Int? = nil) throws(ModelFileError) -> Bool {
        let (filled, failure) = unsafe span.withUnsafeMutableBytes { buffer in unsafe fill(buffer, at: offset) }
        guard failure == 0 else { throw ModelFileError(path, "cannot be read", errorNumber: failure) }
        return filled == span.count
    }

    /// Spares fresh memory most of its faults.
    private static func useLargePages(_ memory: UnsafeMutableRawBufferPointer) {
        guard let base = memory.baseAddress else { return }
        let start = unsafe base.alignedUp(toMultipleOf: 1 << 21)
        let end = unsafe (base + memory.count).alignedDown(toMultipleOf: 1 << 21)
        if unsafe start < end { unsafe madvise(start, end - start, MADV_HUGEPAGE) }
    }

    /// Reads until the buffer is full or the file ends; returns how many bytes, and the error number where reading failed.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int? = nil) -> (filled: Int, failure: CInt) {
        var filled = 0
        while filled < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let got = retrying {
                if let offset { return unsafe pread(descriptor, rest.baseAddress, rest.count, offset + filled) }
                return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if got < 0 { return (filled, errno) }
            if got == 0 { break }
            filled += got
        }
        return (filled, 0)
    }

    /// Appends bytes; returns the error number where that failed.
    func write(_ bytes: [UInt8]) -> CInt {
        unsafe bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                let put = retrying { unsafe Glibc.write(descriptor, rest.baseAddress, rest.count) }
                if put < 0 { return errno }
                written += put
            }
            return 0
        }
    }

    /// Takes the file's lock and writes the number of this process into it; false where another one has it.
    func lock() throws(ModelFileError) -> Bool {
        guard retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
            if errno == EWOULDBLOCK { return false }
            throw ModelFileError(path, "cannot be locked", errorNumber: errno)
        }
        // The number is for people: without it the lock is as good.
        if ftruncate(descriptor, 0) == 0 { _ = write(Array("\(getpid())\n".utf8)) }
        return true
    }

    /// Gives the file the permissions of another one; returns whether it could.
    func takePermissions(of other: String) -> Bool {
        var status = stat()
        return unsafe stat(other, &status) == 0 && fchmod(descriptor, status.st_mode & 0o777) == 0
    }

    /// Waits until the bytes are on the disk; returns the error number where that failed.
    func synchronize() -> CInt { retrying { fsync(descriptor) } == 0 ? 0 : errno }

    /// Waits until the names in a directory are on the disk, as far as its file system can promise that.
    static func synchronize(directory: String) {
        let descriptor = retrying { unsafe Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }

    /// The next bytes as a tensor.
    ///
    /// - Precondition: that many bytes are in the file as far as its size tells.
    /// - Throws: `Fault` where the file ends before, or a truth value is neither 0 nor 1.
    func readTensor(_ type: TensorType) throws -> Tensor {
        try Tensor(type) { span in
            guard try read(into: &span) else { throw Fault("the file ends inside its data") }
            if type.elementType == .bool { try checkTruths(span.span) }
        }
    }

    /// What a path names, links followed; nil where nothing is there or can be seen.
    static func kind(of path: String) -> Kind? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Kind(mode: status.st_mode) : nil
    }

    /// The path without symbolic links; nil where nothing is there.
    static func resolved(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// Gives a file another name, in place of the file that has it; returns the error number where that failed.
    static func rename(_ path: String, to name: String) -> CInt { unsafe Glibc.rename(path, name) == 0 ? 0 : errno }

    /// Removes a file.
    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// The bytes of memory that this machine has.
    static var physicalMemory: Int { sysconf(CInt(_SC_PHYS_PAGES)) * sysconf(CInt(_SC_PAGESIZE)) }
}

extension OpenFile.Kind {
    fileprivate init(mode: mode_t) {
        self =
            switch mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            default: .other
            }
    }
}

extension ModelFileError {
    /// A fault that the operating system reports.
    init(_ file: String, _ failure: String, errorNumber: CInt, remedy: String? = nil) {
        let fault =
            switch errorNumber {
            case ENOENT where failure == "cannot be read": "no such file"
            case ENOENT: failure + ", since its folder does not exist"
            case ENOTDIR: failure + ", since its folder is a file"
            case EACCES, EPERM: failure + ", permission denied"
            case EISDIR: failure + ", is a directory"
            case ENOSPC: failure + ", the disk is full"
            case EDQUOT: failure + ", the disk quota is used up"
            case EFBIG: failure + ", larger than files may be here"
            case EROFS: failure + ", the disk is read-only"
            default: unsafe failure + ", " + String(cString: strerror(errorNumber)).lowercased()
            }
        self.init(file, fault, remedy: remedy)
    }
}

/// The result of a call that is made again where a signal interrupted it.
private func retrying<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
