/// Whole files as bytes.
package enum FileBytes {
    /// The bytes of a file, a pipe or a device.
    ///
    /// - Parameter limit: the most bytes that are taken; no more than the machine's memory in any case.
    /// - Throws: `ModelFileError` where there is no such file, it is a directory, may not be read, or has more bytes than the limit.
    package static func read(_ path: String, limit: Int = .max) throws(ModelFileError) -> [UInt8] {
        try read(OpenFile(reading: path), limit: limit)
    }

    /// The bytes of an open file, from where it stands.
    static func read(_ file: borrowing OpenFile, limit: Int = .max) throws(ModelFileError) -> [UInt8] {
        let limit = min(limit, OpenFile.physicalMemory), path = file.path
        let expected = file.byteCount ?? 0
        guard expected <= limit else { throw tooLarge(path, "\(expected) bytes", limit) }
        // A file may grow meanwhile, and a pipe tells no size: read until the end, one byte beyond the limit at most.
        var bytes = try file.read(expected)
        while bytes.count <= limit {
            let more = try file.read(min(65_536, limit - bytes.count + 1))
            if more.isEmpty { return bytes }
            bytes += more
        }
        throw tooLarge(path, "more", limit)
    }

    /// How many bytes a file has; nil for a pipe or a device.
    ///
    /// - Throws: `ModelFileError` where there is no such file, it is a directory, or may not be read.
    package static func count(of path: String) throws(ModelFileError) -> Int? { try OpenFile(reading: path).byteCount }

    private static func tooLarge(_ path: String, _ size: String, _ limit: Int) -> ModelFileError {
        ModelFileError(path, "too large, \(size) where \(limit) bytes are allowed")
    }
}
