/// A file that one process at a time has, until it lets go or ends, in whatever way it does.
///
/// The file stays and holds the process's number: what counts is the system's lock on it, not that it is there.
///
/// ```swift
/// guard let lock = try FileLock("run/.lock") else { … }       // FileLock.owner(of: "run/.lock") has it
/// ```
package final class FileLock: Sendable {
    private let file: OpenFile

    /// Takes the lock; nil where another one has it.
    ///
    /// - Throws: `ModelFileError` where the file cannot be made or locked.
    package init?(_ path: String) throws(ModelFileError) {
        file = try OpenFile(locking: path)
        guard try file.lock() else { return nil }
    }

    /// The number of the process that took the lock last; nil where that is not known.
    package static func owner(of path: String) -> Int? {
        guard let bytes = try? FileBytes.read(path, limit: 32) else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace })
    }
}
