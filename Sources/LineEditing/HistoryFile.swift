import FoundationEssentials

/// A file that keeps what was typed, for the user alone: UTF-8, a line each, the newest last.
struct HistoryFile {
    /// The most lines that are kept.
    static let lineLimit = 1_000
    /// The most characters of a line that is kept. libedit moves its buffer at 1,024, which its search does not survive.
    static let lengthLimit = 1_000
    /// The largest file that is taken for a history.
    private static let byteLimit = 2 * lineLimit * lengthLimit * 4

    let path: String

    /// Whether a line is one to keep.
    static func takes(_ line: String) -> Bool {
        !line.allSatisfy(\.isWhitespace) && line.unicodeScalars.count <= lengthLimit
    }

    /// The lines that are kept; none if the file cannot be read.
    func entries() -> [String] { read() ?? [] }

    /// Adds a line. The file is read again first, so that lines of another process stay. What is there and cannot be read
    /// is not touched.
    func append(_ line: String) {
        guard var lines = FileManager.default.fileExists(atPath: path) ? read() : [], lines.last != line else { return }
        lines.append(line)
        let target = URL(filePath: path).resolvingSymlinksInPath()
        // What cannot be made cannot be written either, and the talk goes on: this process has its lines.
        try? FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        SystemCalls.replace(target.path, with: lines.suffix(Self.lineLimit).joined(separator: "\n") + "\n")
    }

    private func read() -> [String]? {
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
            attributes[.type] as? FileAttributeType == .typeRegular,
            let size = attributes[.size] as? any BinaryInteger, Int(clamping: size) <= Self.byteLimit,
            let bytes = try? Data(contentsOf: URL(filePath: target))
        else { return nil }
        return bytes.split(separator: UInt8(ascii: "\n")).suffix(Self.lineLimit)
            .map { SingleLine.text(String(decoding: $0, as: UTF8.self).unicodeScalars) }
            .filter(Self.takes)
    }
}
