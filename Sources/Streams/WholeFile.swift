import Glibc

/// Files that are whole whenever they are there.
package enum WholeFile {
    /// Writes `bytes` beside `path`, then renames; after an error nothing is left and a file that was there is untouched.
    package static func write(_ bytes: [UInt8], to path: String) throws(InputError) {
        let temporary = "\(path).\(getpid()).tmp"
        do throws(InputError) {
            try writeInPlace(bytes, to: temporary)
            if unsafe rename(temporary, path) != 0 { throw systemError(path) }
        } catch {
            unsafe unlink(temporary)
            throw InputError(path, error.fault)
        }
    }

    private static func writeInPlace(_ bytes: [UInt8], to path: String) throws(InputError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw systemError(path) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                let error = systemError(path)
                close(descriptor)
                throw error
            }
            written += count
        }
        guard close(descriptor) == 0 else { throw systemError(path) }
    }

    private static func systemError(_ path: String) -> InputError {
        unsafe InputError(path, "cannot be written: \(String(cString: strerror(errno)))")
    }
}
