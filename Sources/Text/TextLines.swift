import Streams

/// The lines of a file, of which the first ones can be looked at before they are taken.
struct TextLines {
    /// A line without its end, which is `\n`, `\r\n` or `\r`.
    struct Line {
        /// Counted from 1.
        var number: Int
        var bytes: [UInt8]
        /// Whether more bytes than a line may have were left out.
        var isCut = false
        /// Whether the file goes on after it: only the last line may have no end.
        var isEnded = true

        /// Whether there is nothing but white space.
        var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
    }

    private let stream: ByteStream
    private var piece: [UInt8] = []
    private var place = 0
    private var isAfterReturn = false
    private var number = 0
    /// Lines that were looked at, and how many of them have been taken.
    private var beginning: [Line] = []
    private var taken = 0

    /// The longest line that is kept whole, in bytes.
    private static let longest = 64 << 20

    init(_ stream: ByteStream) {
        self.stream = stream
    }

    /// The name that errors give to the file.
    var name: String { stream.name }

    /// The first lines, `limit` at most and not many more bytes than a megabyte; they are still to be taken.
    mutating func lookAhead(_ limit: Int) throws(InputError) -> [Line] {
        var size = 0
        do throws(InputError) {
            while beginning.count < limit, size < 1 << 20, let line = try read() {
                beginning.append(line)
                size += line.bytes.count
            }
        } catch {
            // It is thrown again once the lines before it have been taken.
            if beginning.isEmpty { throw error }
        }
        return beginning
    }

    /// The next line; `nil` at the end.
    mutating func next() throws(InputError) -> Line? {
        guard taken < beginning.count else { return try read() }
        defer {
            taken += 1
            if taken == beginning.count { (beginning, taken) = ([], 0) }
        }
        return beginning[taken]
    }

    private mutating func read() throws(InputError) -> Line? {
        var line = Line(number: number + 1, bytes: [])
        while true {
            if place == piece.count {
                piece = try stream.next()
                place = 0
                if piece.isEmpty {
                    line.isEnded = false
                    guard !line.bytes.isEmpty else { return nil }
                    break
                }
            }
            if isAfterReturn {
                isAfterReturn = false
                if piece[place] == 0x0A {
                    place += 1
                    continue
                }
            }
            let end = piece[place...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? piece.count
            let room = Self.longest - line.bytes.count
            line.bytes += piece[place..<min(end, place + room)]
            line.isCut = line.isCut || end - place > room
            place = end
            if end < piece.count {
                isAfterReturn = piece[end] == 0x0D
                place += 1
                break
            }
        }
        number += 1
        if number == 1, line.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { line.bytes.removeFirst(3) }
        return line
    }
}

extension TextLines.Line {
    /// The line's text. Throws a ``LineFault`` where it is none.
    func text() throws(LineFault) -> String {
        guard !isCut else { throw LineFault("longer than a line may be") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw LineFault("not UTF-8") }
        return text
    }
}

/// What is wrong with a line, found where its file and number are not known.
struct LineFault: Error {
    var text: String

    init(_ text: String) { self.text = text }
}
