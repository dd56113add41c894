import Foundation
import Streams
import Tables
import Testing

@Suite struct CSVReaderTests {
    /// Runs with a file of these bytes.
    static func with<Result>(_ bytes: some Sequence<UInt8>, _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/table-\(UUID().uuidString).csv"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    /// Each record's line and fields, or its fault.
    private func records(_ text: String) throws -> [String] {
        try Self.with(text.utf8) { path in
            var reader = try CSVReader(path: path), records: [String] = [reader.header.joined(separator: "|")]
            while try reader.next() {
                let fields = reader.fault.map { "!" + $0 }
                records.append(
                    "\(reader.line): "
                        + (try fields ?? reader.header.indices.map { try reader.text($0) }.joined(separator: "|")))
            }
            return records
        }
    }

    @Test(
        "records are those of RFC 4180, and of what files have besides",
        arguments: [
            ("a,b\n1,2\n", ["a|b", "2: 1|2"]), ("a,b\r\n1,2\r\n3,4", ["a|b", "2: 1|2", "3: 3|4"]),
            ("a,b\r1,2\r", ["a|b", "2: 1|2"]), ("\u{FEFF}a,b\n,\n", ["a|b", "2: |"]),
            ("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", ["a|b", "2: x,y|say \"hi\""]),
            ("a,b\n\"two\nlines\",\"\"\n5,6\n", ["a|b", "2: two\nlines|", "4: 5|6"]),
            ("a,b\n5\" pipe, x \n", ["a|b", "2: 5\" pipe| x "]), ("a,b\n\n\r\n1,2\n\n", ["a|b", "4: 1|2"]),
            ("a\n\"\"\n", ["a", "2: "]), ("\"a b\",\"c\"\"d\"\n1,2", ["a b|c\"d", "2: 1|2"]),
            ("a,b\n007,12345678901234567890\n", ["a|b", "2: 007|12345678901234567890"]),
            ("a,b\n\"x\r\ny\",2\n3,4\n", ["a|b", "2: x\r\ny|2", "4: 3|4"]),
        ])
    func records(text: String, expected: [String]) throws { #expect(try records(text) == expected) }

    @Test(
        "a broken record is told with its line, and the next line goes on",
        arguments: [
            (
                "a,b\n1\n1,2,3\n4,5\n",
                ["a|b", "2: !1 fields where the header has 2", "3: !3 fields where the header has 2", "4: 4|5"]
            ),
            ("a,b\n\"1\"x,2\n4,5\n", ["a|b", "2: !something stands behind a closing quote", "3: 4|5"]),
            ("a,b\n\"1,2\n4,5\n6,7\n", ["a|b", "2: !a quote is not closed", "3: 4|5", "4: 6|7"]),
            ("a,b\n1,\"", ["a|b", "2: !a quote is not closed"]),
        ])
    func faults(text: String, expected: [String]) throws { #expect(try records(text) == expected) }

    @Test("the line of a broken record is there, letter for letter") func bytes() throws {
        try Self.with("a,b\n\"1,2\r\n4,5\n".utf8) { path in
            var reader = try CSVReader(path: path)
            #expect(try reader.next() && reader.fault != nil)
            #expect(String(decoding: reader.bytes, as: UTF8.self) == "\"1,2")
            #expect(try reader.next() && reader.fault == nil)
            #expect(String(decoding: reader.bytes, as: UTF8.self) == "4,5")
        }
    }

    @Test("what is written is read again, however it lies in the pieces that are read") func roundTrip() throws {
        var random = SystemRandomNumberGenerator()
        let letters = Array("ab,\"\n\r é🙂")
        let rows = (0..<9_000).map { _ in
            (0..<3).map { _ in String((0..<Int.random(in: 0...9, using: &random)).map { _ in letters.randomElement()! })
            }
        }
        let text = CSVText.line(["x", "y", "z"]) + rows.map(CSVText.line).joined()
        #expect(text.utf8.count > 3 << 16)
        try Self.with(text.utf8) { path in
            var reader = try CSVReader(path: path), line = 2
            for row in rows {
                try #require(try reader.next())
                try #require(reader.fault == nil && reader.line == line, "line \(reader.line), \(reader.fault ?? "")")
                let fields = try (0..<3).map { try reader.text($0) }
                // A string has CR LF as one character; what counts are bytes.
                try #require(fields.map { Array($0.utf8) } == row.map { Array($0.utf8) })
                line += Array(CSVText.line(row).utf8).lineEnds
            }
            #expect(try !reader.next())
            #expect(reader.byteCount == text.utf8.count)
        }
    }

    @Test("a carriage return within quotes is a line's end wherever a piece ends") func returns() throws {
        // Pieces end at multiples of 65,536 bytes; so one of these returns is the last byte of the first.
        let header = "a\n" + String(repeating: "x\n", count: 32_000)
        for count in 0..<4 {
            let filling = String(repeating: "y", count: 65_536 - header.utf8.count - 2 - count)
            try Self.with("\(header)\"\(filling)\r\r\r\rz\"\nlast\n".utf8) { path in
                var reader = try CSVReader(path: path), records = 0
                while records < 32_001, try reader.next() { records += 1 }
                #expect(reader.line == 32_002 && reader.fault == nil)
                #expect(try reader.next() && reader.line == 32_007 && reader.text(0) == "last")
            }
        }
    }

    @Test("a line of ten megabytes is one record, a longer one is told, and both go by") func longLines() throws {
        let long = String(repeating: "x", count: 10 << 20), longer = String(repeating: "y", count: 17 << 20)
        try Self.with("a,b\n\(long),1\n\(longer),2\n\"\(long)\n3,4\n".utf8) { path in
            var reader = try CSVReader(path: path)
            #expect(try reader.next() && reader.fault == nil && reader.text(0).utf8.count == 10 << 20)
            #expect(try reader.next() && reader.fault == "longer than 16777216 bytes" && reader.line == 3)
            #expect(try reader.next() && reader.fault == "a quote is not closed" && reader.line == 4)
            #expect(reader.bytes.count == (10 << 20) + 1)
            #expect(try reader.next() && reader.fault == nil && reader.line == 5 && reader.number(1) == 4)
        }
    }

    @Test("a file that is no table is refused in one line") func refused() throws {
        for (text, words) in [
            ("", "empty, where a header of column names was expected"), ("a,a\n", ":1: two columns are called 'a'"),
            ("\"a\n", ":1: a quote is not closed"),
        ] {
            try Self.with(text.utf8) { path in
                let error = #expect(throws: InputError.self) { _ = try CSVReader(path: path) }
                #expect(error?.description.hasSuffix(words) == true, "\(error?.description ?? "")")
            }
        }
        try Self.with("a,b\n".utf8) { path in
            let reader = try CSVReader(path: path)
            let error = #expect(throws: InputError.self) { _ = try reader.column("c") }
            #expect(error?.description == "\(path):1: there is no column 'c'; there are a, b")
            #expect(try reader.column("b") == 1)
        }
        let missing = #expect(throws: InputError.self) { _ = try CSVReader(path: "/no/such.csv") }
        #expect(missing?.description == "/no/such.csv: no such file")
    }

    @Test("bytes that are not UTF-8 are no text") func latin() throws {
        try Self.with(Array("a,b\ncaf".utf8) + [0xE9, 0x2C, 0x31, 0x0A]) { path in
            var reader = try CSVReader(path: path)
            #expect(try reader.next() && reader.fault == nil)
            #expect(throws: FieldFault("not UTF-8")) { _ = try reader.text(0) }
            #expect(try reader.number(1) == 1)
        }
    }
}

extension [UInt8] {
    /// LF, CR LF and CR are one each.
    fileprivate var lineEnds: Int {
        indices.count { self[$0] == 10 && ($0 == 0 || self[$0 - 1] != 13) || self[$0] == 13 }
    }
}
