/// A file that appears under its name only when it is whole: written beside, synced, renamed.
///
/// Whoever is killed, or finds the disk full, leaves the file that was there as it was. A process that is killed leaves its
/// temporary file, `.engram-….partial` in the same folder, which nothing reads.
///
/// ```swift
/// try AtomicFile.write(Array("loss 0.1\n".utf8), to: "run/log.txt")
/// ```
package struct AtomicFile: ~Copyable {
    private let path: String
    private let target: String
    private let folder: String
    private let temporary: OpenFile
    private var isNamed = false

    /// Begins a file that will take the place of `path`, of what `path` links to, or be made there.
    ///
    /// - Throws: `ModelFileError` where the folder is missing or may not be written, or `path` names something that is no file.
    package init(replacing path: String) throws(ModelFileError) {
        switch OpenFile.kind(of: path) {
        case .regular, nil: break
        case .directory: throw ModelFileError(path, "cannot be written, is a directory")
        case .other: throw ModelFileError(path, "cannot be written, is neither a file nor missing")
        }
        guard !path.isEmpty, path.last != "/" else { throw ModelFileError(path.quoted, "not a path of a file") }
        let target = OpenFile.resolved(path) ?? path
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
        let name = ".engram-" + String(UInt64.random(in: 0 ... .max), radix: 16) + ".partial"
        temporary = try OpenFile(creating: folder + name, insteadOf: path)
        self.path = path
        self.target = target
        self.folder = folder
        _ = temporary.takePermissions(of: target)
    }

    deinit { if !isNamed { OpenFile.remove(temporary.path) } }

    /// Appends bytes.
    package func write(_ bytes: [UInt8]) throws(ModelFileError) { try check(temporary.write(bytes)) }

    /// Gives the file its name; it is whole and on the disk when this returns.
    package consuming func finish() throws(ModelFileError) {
        try check(temporary.synchronize())
        try check(OpenFile.rename(temporary.path, to: target))
        isNamed = true
        OpenFile.synchronize(directory: folder)
    }

    private func check(_ errorNumber: CInt) throws(ModelFileError) {
        guard errorNumber != 0 else { return }
        let remedy = OpenFile.kind(of: target) == nil ? nil : "the file that was there is unchanged"
        throw ModelFileError(path, "cannot be written", errorNumber: errorNumber, remedy: remedy)
    }

    /// Writes a whole file.
    package static func write(_ bytes: [UInt8], to path: String) throws(ModelFileError) {
        let file = try AtomicFile(replacing: path)
        try file.write(bytes)
        try file.finish()
    }
}
