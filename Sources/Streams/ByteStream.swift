import CZlib
import Glibc

/// The bytes of a file or a pipe, unpacked if they are packed with gzip: the binding to zlib.
///
/// A class, because an open file has identity; whoever keeps it keeps it open.
@safe package final class ByteStream {
    /// How errors name it.
    package let name: String
    private let handle: gzFile
    /// What stopped the reading; thrown again whenever more is asked for.
    private var fault: InputError?

    /// Opens a file; `-` is standard input.
    package init(path: String) throws(InputError) {
        name = path == "-" ? "standard input" : path
        // The C library would end the path at its first zero byte, and open another file.
        guard !path.utf8.contains(0) else { throw InputError(name, "not a path, since it has a zero byte") }
        let descriptor =
            path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(name, code: errno) }
        guard let handle = unsafe gzdopen(descriptor, "rb") else {
            close(descriptor)
            throw InputError(name, "cannot be read, there is no memory")
        }
        unsafe self.handle = handle
        unsafe gzbuffer(handle, UInt32(Self.pieceSize))
    }

    deinit { unsafe gzclose(handle) }

    /// The next bytes; empty at the end.
    package func next() throws(InputError) -> [UInt8] {
        if let fault { throw fault }
        errno = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
            count = Int(max(unsafe gzread(handle, buffer.baseAddress, UInt32(Self.pieceSize)), 0))
        }
        let systemCode = errno
        // What came before a fault is passed on first; the library keeps the fault.
        if bytes.isEmpty {
            fault = fault(systemCode: systemCode)
            if let fault { throw fault }
        }
        return bytes
    }

    /// All bytes that are left.
    ///
    /// - Parameter limit: how many there may be.
    package func rest(limit: Int) throws(InputError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try next()
            if piece.isEmpty { return all }
            guard all.count + piece.count <= limit else { throw InputError(name, "more than \(limit) bytes") }
            all += piece
        }
    }

    private static let pieceSize = 1 << 16

    private func fault(systemCode: CInt) -> InputError? {
        var code: CInt = Z_OK
        _ = unsafe gzerror(handle, &code)
        return switch code {
        case Z_OK, Z_STREAM_END: nil
        case Z_ERRNO: Self.error(name, code: systemCode)
        case Z_BUF_ERROR: InputError(name, "the packed data end too early", remedy: "the file was cut off")
        default: InputError(name, "the packed data are damaged")
        }
    }

    private static func error(_ name: String, code: CInt) -> InputError {
        switch code {
        case ENOENT, ENOTDIR: InputError(name, "no such file")
        case EISDIR: InputError(name, "a directory, not a file", remedy: "name the files in it")
        case EACCES, EPERM: InputError(name, "permission denied")
        default: InputError(name, "cannot be read, " + (unsafe String(cString: strerror(code)).lowercased()))
        }
    }
}
