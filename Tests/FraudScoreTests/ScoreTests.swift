import CommandRuns
import Foundation
import Testing

/// `fraud-score score`, in processes of its own.
@Suite struct ScoreTests {
    private static let header = "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,MERCHANT_KIND,TX_AMOUNT,TX_FRAUD"

    @Test("a score a row, letter for letter, as CSV and as JSON, from a file, a packed one and a pipe") func forms()
        throws
    {
        let place = try Place(running: "fraud-score")
        let result = try place.run(
            ["score", SmokeModel.sample, "--model", SmokeModel.path, "--output", "scores.csv", "--budget", "2/day"])
        #expect(result.status == 0 && result.output == "" && result.errors == "")
        let text = String(decoding: try place.bytes("scores.csv"), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init), rows = try SmokeModel.rows().rows
        #expect(lines[0] == "TRANSACTION_ID,SCORE,ALERT" && lines.count == rows.count + 1)
        for (line, row) in zip(lines[1...], rows) {
            let fields = line.split(separator: ",")
            #expect(fields[0] == row.split(separator: ",")[0])
            #expect((0...1).contains(try #require(Double(fields[1]))))
        }
        let alerts = lines.count { $0.hasSuffix(",1") }
        // Two a day were wanted, of 60 days, by the weeks of calibration.
        #expect((40...300).contains(alerts))
        let bytes = Array(try Data(contentsOf: URL(filePath: SmokeModel.sample)))
        let piped = try place.run(
            ["score", "-", "--model", SmokeModel.path, "--budget", "2/day"], input: bytes)
        #expect(piped.output == text)
        try place.write(bytes, to: "t.csv")
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", place.path + "/t.csv"]
        try gzip.run()
        gzip.waitUntilExit()
        let packed = try place.run(["score", "t.csv.gz", "--model", SmokeModel.path, "--budget", "2/day", "--json"])
        #expect(packed.lines.count == rows.count)
        let first = try JSONSerialization.jsonObject(with: Data(packed.lines[0].utf8)) as? [String: Any]
        #expect(first?["id"] as? String == "00000001")
        #expect(first?["score"] as? Double == Double(lines[1].split(separator: ",")[1]))
    }

    @Test("no thread count changes a score") func threads() throws {
        let place = try Place(running: "fraud-score")
        let outputs = try ["1", "2", "3"].map {
            try place.run(["score", SmokeModel.sample, "--model", SmokeModel.path, "--threads", $0]).output
        }
        #expect(outputs[0] == outputs[1] && outputs[1] == outputs[2] && outputs[0].count > 100_000)
    }

    @Test("labels that are not known yet, and rows that come later, change no score; known ones do") func noLeak()
        throws
    {
        let place = try Place(running: "fraud-score")
        let (header, rows) = try SmokeModel.rows()
        func scores(_ rows: some Sequence<String>) throws -> [String] {
            try place.write(([header] + rows).joined(separator: "\n") + "\n", to: "rows.csv")
            return try place.run(["score", "rows.csv", "--model", SmokeModel.path]).lines
        }
        let all = try scores(rows), half = rows.prefix(3_000)
        #expect(try scores(half) == Array(all.prefix(3_001)))
        // The last row's time less six days, as a text of the same form.
        let format = DateFormatter()
        (format.dateFormat, format.locale) = ("yyyy-MM-dd HH:mm:ss", Locale(identifier: "en_US_POSIX"))
        format.timeZone = TimeZone(identifier: "UTC")
        let last = try #require(format.date(from: String(half[2_999].split(separator: ",")[1])))
        let limit = format.string(from: last - 6 * 86_400)
        func flipped(_ row: String) -> String { row.dropLast() + (row.hasSuffix("1") ? "0" : "1") }
        let recent = half.map { String($0.split(separator: ",")[1]) > limit ? flipped($0) : $0 }
        #expect(recent != Array(half))
        #expect(try scores(recent) == Array(all.prefix(3_001)))
        #expect(try scores(half.map(flipped)) != Array(all.prefix(3_001)))
        let late = try place.run(["score", "rows.csv", "--model", SmokeModel.path, "--label-delay", "90d"]).lines
        try place.write(([header] + half).joined(separator: "\n") + "\n", to: "rows.csv")
        #expect(try place.run(["score", "rows.csv", "--model", SmokeModel.path, "--label-delay", "90d"]).lines == late)
    }

    @Test("rows that cannot be read go beside, byte for byte, with line and reason; the others are scored")
    func rejects() throws {
        let place = try Place(running: "fraud-score")
        let rows = [
            "1,2024-03-01 10:00:00,C1,T1,food,12.50,0", "2,2024-03-01 10:00:01,C1,T1,food,\"12,50\",0",
            "1,2024-03-01 10:00:02,C1,T1,food,12.50,0", "3,2024-03-01 10:00:03,C1,T1,food,-1,0",
            "4,2024-02-01 10:00:03,C1,T1,food,3,", "5,yesterday,C1,T1,food,3,", "6,2024-03-01 10:00:05,C1,T1,food,3",
            "7,2024-03-01 10:00:06,C1,T1,food,,", "8,2024-03-01 10:00:07,C1,T1,food,3,2",
            "\"9\n9\",2024-03-01 10:00:08,\"C,1\",T1,food,3,1", "10,2024-03-01 10:00:09,C1,T1,food,1e300,",
            "11,2024-03-01 10:00:10,new,unknown,strange,3,",
        ]
        var bytes = Array(([Self.header] + rows).joined(separator: "\n").utf8) + [0x0A]
        bytes += Array("12,2024-03-01 10:00:11,".utf8) + [0xE9] + Array(",T1,food,3,0\n".utf8)
        try place.write(bytes, to: "bad.csv")
        let result = try place.run(["score", "bad.csv", "--model", SmokeModel.path, "--output", "out.csv"])
        #expect(result.status == 1)
        let scored = String(decoding: try place.bytes("out.csv"), as: UTF8.self)
        #expect(
            scored.contains("\n1,") && scored.contains("\n4,") && scored.contains("\n11,")
                && scored.contains("\"9\n9\","))
        #expect(scored.split(separator: "\n").count == 6)
        let left = try place.bytes("out.csv.rejects.csv")
        let text = String(decoding: left, as: UTF8.self)
        for (line, words) in [
            (3, "TX_AMOUNT '12,50'"), (4, "'1' was there in line 2"), (5, "TX_AMOUNT '-1"),
            (7, "TX_DATETIME 'yesterday'"),
            (8, "6 fields where the header has 7"), (9, "TX_AMOUNT is empty"), (10, "TX_FRAUD '2"),
            (13, "TX_AMOUNT '1e+300'"),
            (15, "CUSTOMER_ID not UTF-8"),
        ] {
            #expect(text.contains("bad.csv,\(line),") && text.contains(words), "\(line): \(words)")
            #expect(result.errors.contains("bad.csv:\(line): "), "\(line)")
        }
        #expect(left.contains(0xE9))
        #expect(result.errors.contains("9 rows were left out; they are in out.csv.rejects.csv"))
        #expect(result.errors.contains("1 row was earlier than one before it"))
        let strict = try place.run(["score", "bad.csv", "--model", SmokeModel.path, "--output", "no.csv", "--strict"])
        #expect(strict.status == 1 && !FileManager.default.fileExists(atPath: place.path + "/no.csv"))
    }

    @Test(
        "files that cannot be used are told in one line",
        arguments: [
            ("empty.csv", "", "empty"), ("columns.csv", "a,b\n1,2\n", "there is no column 'TRANSACTION_ID'"),
            ("missing.csv", nil, "no such file"),
        ] as [(String, String?, String)])
    func unusable(_ name: String, _ text: String?, _ words: String) throws {
        let place = try Place(running: "fraud-score")
        if let text { try place.write(text, to: name) }
        let result = try place.run(["score", name, "--model", SmokeModel.path, "--output", "out.csv"])
        #expect(
            result.status == 1 && result.errors.hasPrefix("fraud-score: \(name): ")
                || result.errors.contains("\(name):1: "))
        #expect(result.errors.contains(words) && result.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: place.path + "/out.csv"))
    }

    @Test("of a packed file that was cut off what is there is scored, and the end told") func cutOff() throws {
        let place = try Place(running: "fraud-score")
        try place.write(try Data(contentsOf: URL(filePath: SmokeModel.sample)), to: "t.csv")
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", place.path + "/t.csv"]
        try gzip.run()
        gzip.waitUntilExit()
        let bytes = try place.bytes("t.csv.gz")
        try place.write(bytes.prefix(bytes.count / 2), to: "cut.csv.gz")
        let result = try place.run(["score", "cut.csv.gz", "--model", SmokeModel.path, "--output", "out.csv"])
        #expect(result.status == 1 && result.errors.contains("cut.csv.gz: the packed data end too early"))
        let lines = String(decoding: try place.bytes("out.csv"), as: UTF8.self).split(separator: "\n").count
        #expect((1_500...4_500).contains(lines))
    }

    @Test("a disk that is full leaves the file that was there") func fullDisk() throws {
        let place = try Place(running: "fraud-score")
        try place.write("what was there\n", to: "out.csv")
        let result = try place.run(
            ["score", SmokeModel.sample, "--model", SmokeModel.path, "--output", "out.csv"],
            shell: Child.full(kilobytes: 8))
        #expect(result.status == 1)
        #expect(result.errors.contains("out.csv: cannot be written, larger than files may be here"), "\(result.errors)")
        #expect(try place.bytes("out.csv") == Array("what was there\n".utf8))
    }

    @Test("reasons name what moved the score, against what is usual") func reasons() throws {
        let place = try Place(running: "fraud-score")
        let result = try place.run(
            ["score", SmokeModel.sample, "--model", SmokeModel.path, "--reasons", "--json", "--budget", "1/day"])
        var alerts = 0
        for line in result.lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let reasons = try #require(object["reasons"] as? [[String: Any]])
            guard object["alert"] as? Bool == true else { continue }
            alerts += 1
            #expect((1...3).contains(reasons.count))
            let parts = reasons.compactMap { $0["logit"] as? Double }
            #expect(parts == parts.sorted(by: >) && parts.allSatisfy { $0 > 0 })
            #expect(reasons.allSatisfy { ($0["text"] as? String)?.contains(", usually ") ?? false })
        }
        #expect(alerts > 20)
    }

    @Test("evaluate on one class says which figures there cannot be") func oneClass() throws {
        let place = try Place(running: "fraud-score")
        let (header, rows) = try SmokeModel.rows()
        let cases = [
            ("0", "none of the rows is a fraud: there can be no average precision, ROC AUC, recall at 100 a day"),
            ("1", "all of the rows are frauds: there can be no ROC AUC"),
        ]
        for (label, message) in cases {
            try place.write(
                ([header] + rows.prefix(1_000).map { $0.dropLast() + label }).joined(separator: "\n") + "\n",
                to: "rows.csv")
            let result = try place.run(["evaluate", "rows.csv", "--model", SmokeModel.path, "--json"])
            #expect(result.status == 0 && result.errors == "fraud-score: \(message)\n")
            let figures = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            #expect(figures?["roc_auc"] is NSNull && figures?["rows"] as? Int == 1_000)
            #expect((figures?["average_precision"] as? Double) == (label == "0" ? nil : 1))
        }
    }
}
