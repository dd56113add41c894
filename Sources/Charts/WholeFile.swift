// The C library's files: with Canvas.swift for Cairo, the only file of this room that has unsafe code.
import Glibc

/// Files that are whole whenever they are there.
enum WholeFile {
    /// Writes `bytes` beside `path`, then renames; after an error nothing is left and a file that was there is untouched.
    static func write(_ bytes: [UInt8], to path: String) throws(ChartError) {
        let temporary = "\(path).\(getpid()).tmp"
        do throws(ChartError) {
            try writeInPlace(bytes, to: temporary)
            if unsafe rename(temporary, path) != 0 { throw systemError(path) }
        } catch {
            unsafe unlink(temporary)
            throw ChartError(file: path, fault: error.fault)
        }
    }

    private static func writeInPlace(_ bytes: [UInt8], to path: String) throws(ChartError) {
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

    private static func systemError(_ path: String) -> ChartError {
        unsafe ChartError(file: path, fault: "cannot be written: \(String(cString: strerror(errno)))")
    }
}
