public import Streams

/// The records of a CSV file, one after the other, in memory that does not grow with the file.
///
/// ```swift
/// var reader = try CSVReader(path: "payments.csv.gz")
/// let amount = try reader.column("TX_AMOUNT")
/// while try reader.next() {
///     guard reader.fault == nil else { continue }
///     total += try reader.number(amount) ?? 0
/// }
/// ```
///
/// RFC 4180, and what files have besides: lines that end with CR LF, LF or CR, a byte order mark, gzip, empty lines, which are passed over. Fields in
/// quotes may have delimiters, line breaks and doubled quotes; a quote within a field that does not begin with one stands for itself.
///
/// A record that is broken has a ``fault`` and no fields, and the next one begins on a line of its own: where a quote is never closed, on the line
/// after the one where the record began.
public struct CSVReader {
    /// A field: its place in the buffer, the quotes left out, and whether there are doubled quotes in it.
    private struct Field {
        var range: Range<Int>
        var hasDoubledQuotes = false
    }

    /// The names in the first record.
    public private(set) var header: [String] = []
    /// The line of the file in which the record begins, counted from 1.
    public private(set) var line = 0
    /// What is wrong with the record; nil where it has as many fields as the header.
    public private(set) var fault: String?
    /// The bytes of all records so far, unpacked, for progress.
    public private(set) var byteCount = 0

    private let stream: ByteStream
    private let delimiter: UInt8
    /// What was read: up to `place` it is done with, the record lies up to `end`.
    private var buffer: [UInt8] = []
    private var place = 0, end = 0
    private var recordLines = 0
    private var nextLine = 1
    private var isExhausted = false
    private var fields: [Field] = []

    /// The longest record, in bytes, and the longest field in quotes: a quote that nobody closes must not swallow the file.
    private static let longest = 16 << 20, longestQuoted = 1 << 16
    private static let quote = UInt8(ascii: "\""), lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")

    /// Opens a file, packed with gzip or not, and reads its header; `-` is standard input.
    ///
    /// - Throws: `InputError` where it cannot be read, or has no header of different names.
    public init(path: String, delimiter: Character = ",") throws(InputError) {
        stream = try ByteStream(path: path)
        self.delimiter = delimiter.asciiValue ?? UInt8(ascii: ",")
        guard try next() else { throw InputError(stream.name, "empty, where a header of column names was expected") }
        if let fault { throw InputError(stream.name, line: line, fault) }
        var names: [String] = []
        for column in fields.indices {
            do throws(FieldFault) { names.append(try text(column)) } catch {
                throw InputError(stream.name, line: line, error.text)
            }
        }
        if let twice = Dictionary(grouping: names, by: { $0 }).filter({ $0.value.count > 1 }).keys.min() {
            throw InputError(stream.name, line: line, "two columns are called '\(twice)'")
        }
        header = names
    }

    /// How errors name the file.
    public var name: String { stream.name }

    /// The place of a column.
    ///
    /// - Throws: `InputError` where there is none of that name.
    public func column(_ name: String) throws(InputError) -> Int {
        if let column = header.firstIndex(of: name) { return column }
        throw InputError(
            stream.name, line: 1, "there is no column '\(name)'",
            remedy: "there are \(header.prefix(40).joined(separator: ", "))")
    }

    /// Goes on to the next record; false at the end.
    ///
    /// - Throws: `InputError` where the file cannot be read on.
    public mutating func next() throws(InputError) -> Bool {
        while true {
            byteCount += end - place
            place = end
            line = nextLine
            fault = nil
            guard try scan() else { return false }
            nextLine = line + recordLines
            // A line without anything is none.
            if fields.count == 1, fields[0].range.isEmpty, end - place <= 2 { continue }
            if fault == nil, !header.isEmpty, fields.count != header.count {
                fault = "\(fields.count) fields where the header has \(header.count)"
            }
            if fault != nil { fields.removeAll(keepingCapacity: true) }
            return true
        }
    }

    /// The record as it stands in the file, without the end of its last line.
    public var bytes: ArraySlice<UInt8> {
        var last = end
        if last > place, buffer[last - 1] == Self.lineFeed { last -= 1 }
        if last > place, buffer[last - 1] == Self.carriageReturn { last -= 1 }
        return buffer[place..<last]
    }

    // MARK: Fields

    /// Whether nothing stands in a field.
    public func isEmpty(_ column: Int) -> Bool { fields[column].range.isEmpty }

    /// A field's text, letter for letter.
    ///
    /// - Throws: ``FieldFault`` where it is not UTF-8.
    public func text(_ column: Int) throws(FieldFault) -> String {
        let field = fields[column]
        guard let text = String(validating: buffer[field.range], as: UTF8.self) else {
            throw FieldFault("not UTF-8")
        }
        return field.hasDoubledQuotes ? text.replacing("\"\"", with: "\"") : text
    }

    /// A field's number; nil where nothing stands there.
    ///
    /// - Throws: ``FieldFault`` where it is none as ``Double/init(decimal:)`` reads it.
    public func number(_ column: Int) throws(FieldFault) -> Double? {
        let range = fields[column].range
        if range.isEmpty { return nil }
        return try Double(decimal: buffer.span.extracting(range))
    }

    /// A field's time; nil where nothing stands there.
    ///
    /// - Throws: ``FieldFault`` where it is none as ``Timestamp/init(_:)`` reads it.
    public func time(_ column: Int) throws(FieldFault) -> Timestamp? {
        let range = fields[column].range
        if range.isEmpty { return nil }
        return try Timestamp(buffer.span.extracting(range))
    }

    // MARK: Records

    /// Finds the record's end and its fields; false where there is none any more.
    private mutating func scan() throws(InputError) -> Bool {
        fields.removeAll(keepingCapacity: true)
        recordLines = 0
        var at = place, start = place
        var isQuoted = false, isClosed = false, hasDoubledQuotes = false
        /// Where the record's first line ends.
        var firstEnd: Int?
        scanning: while true {
            if at == buffer.count {
                if at - place >= Self.longest {
                    try skipLine(from: at)
                    fault = "longer than \(Self.longest) bytes"
                    return true
                }
                if let shift = try refill() {
                    at -= shift
                    start -= shift
                    firstEnd = firstEnd.map { $0 - shift }
                    continue
                }
                if at == place { return false }
                if isQuoted {
                    giveUp(at, firstEnd)
                    return true
                }
                append(start, at, isClosed, hasDoubledQuotes)
                recordLines += 1
                end = at
                return true
            }
            let byte = buffer[at]
            if isQuoted {
                // What a quote or a carriage return means, the byte behind it says.
                if byte == Self.quote || byte == Self.carriageReturn, at + 1 == buffer.count, let shift = try refill() {
                    at -= shift
                    start -= shift
                    firstEnd = firstEnd.map { $0 - shift }
                }
                if at - start > Self.longestQuoted {
                    // What stands there up to the line's end is needed where the line itself is to be told.
                    giveUp(at, firstEnd)
                    if firstEnd == nil { try skipLine(from: at) }
                    return true
                }
                switch byte {
                case Self.quote:
                    if at + 1 < buffer.count, buffer[at + 1] == Self.quote {
                        hasDoubledQuotes = true
                        at += 2
                        continue scanning
                    }
                    (isQuoted, isClosed) = (false, true)
                case Self.lineFeed:
                    if firstEnd == nil { firstEnd = at + 1 }
                    recordLines += 1
                case Self.carriageReturn where at + 1 < buffer.count && buffer[at + 1] != Self.lineFeed:
                    if firstEnd == nil { firstEnd = at + 1 }
                    recordLines += 1
                default: break
                }
                at += 1
                continue
            }
            switch byte {
            case delimiter:
                append(start, at, isClosed, hasDoubledQuotes)
                at += 1
                start = at
                (isClosed, hasDoubledQuotes) = (false, false)
            case Self.lineFeed, Self.carriageReturn:
                append(start, at, isClosed, hasDoubledQuotes)
                recordLines += 1
                try endLine(at, byte)
                return true
            case Self.quote where at == start:
                isQuoted = true
                at += 1
            default:
                if isClosed, fault == nil { fault = "something stands behind a closing quote" }
                at += 1
            }
        }
    }

    private mutating func append(_ start: Int, _ end: Int, _ isQuoted: Bool, _ hasDoubledQuotes: Bool) {
        // What stands behind a closing quote is a fault, and the field is not looked at.
        let inner = isQuoted && fault == nil ? start + 1..<end - 1 : start..<end
        fields.append(Field(range: inner, hasDoubledQuotes: hasDoubledQuotes))
    }

    /// The record ends with a line's end at a place, of one byte or two.
    private mutating func endLine(_ at: Int, _ byte: UInt8) throws(InputError) {
        var at = at
        if byte == Self.carriageReturn, at + 1 == buffer.count, let shift = try refill() { at -= shift }
        let isPair = byte == Self.carriageReturn && at + 1 < buffer.count && buffer[at + 1] == Self.lineFeed
        end = at + (isPair ? 2 : 1)
    }

    /// The record is its first line, since a quote in it is not closed.
    private mutating func giveUp(_ at: Int, _ firstEnd: Int?) {
        fault = "a quote is not closed"
        recordLines = 1
        end = firstEnd ?? at
    }

    /// The record ends where its line does; of a line that is too long the end is not kept.
    private mutating func skipLine(from first: Int) throws(InputError) {
        var at = first
        recordLines = 1
        while true {
            if let found = buffer[at...].firstIndex(where: { $0 == Self.lineFeed || $0 == Self.carriageReturn }) {
                return try endLine(found, buffer[found])
            }
            at = buffer.count
            if at - place >= Self.longest {
                // The beginning is enough to know the line by.
                let kept = place + Self.longest / 2
                buffer.removeSubrange(kept..<at)
                at = kept
            }
            guard let shift = try refill() else {
                end = buffer.count
                return
            }
            at -= shift
        }
    }

    /// Reads on, and moves the record to the buffer's beginning; by how far, or nil at the end of the file.
    private mutating func refill() throws(InputError) -> Int? {
        if isExhausted { return nil }
        var piece = try stream.next()
        if piece.isEmpty {
            isExhausted = true
            return nil
        }
        if byteCount == 0, buffer.isEmpty, piece.starts(with: [0xEF, 0xBB, 0xBF]) { piece.removeFirst(3) }
        let shift = place
        buffer.removeSubrange(..<shift)
        for index in fields.indices {
            let range = fields[index].range
            fields[index].range = range.lowerBound - shift..<range.upperBound - shift
        }
        end -= shift
        place = 0
        buffer += piece
        return shift
    }
}
