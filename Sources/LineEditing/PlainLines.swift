import Glibc

/// Lines of a file, a pipe or a terminal that edits them itself.
final class PlainLines {
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    /// How far no line end stands.
    private var searched = 0
    private var isOver = false

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// The next line, without LF or CR LF; what stands after the last one is a line too. Bytes that are not UTF-8 become
    /// U+FFFD.
    func next() throws -> LineReader.Input {
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = bytes[..<end]
                defer {
                    bytes.removeSubrange(...end)
                    searched = 0
                }
                return .line(Self.text(line.last == UInt8(ascii: "\r") ? line.dropLast() : line))
            }
            searched = bytes.count
            switch isOver ? .end : SystemCalls.read(from: descriptor) {
            case .bytes(let more): bytes += more
            case .nothing: continue
            case .signal:
                guard ControlC.isPressed else { continue }
                forget()
                return .interrupted
            case .end:
                // A terminal may go on after its end.
                isOver = !bytes.isEmpty
                guard isOver else { return .end }
                defer { forget() }
                return .line(Self.text(bytes[...]))
            case .failed(let number): throw LineReadingError(reason: SystemCalls.reason(number))
            }
        }
    }

    private func forget() {
        bytes = []
        searched = 0
    }

    private static func text(_ line: ArraySlice<UInt8>) -> String { String(decoding: line, as: UTF8.self) }
}
