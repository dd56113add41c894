import CommandRuns
import Foundation
import Testing

/// `fraud-score watch`, in processes of its own.
@Suite struct WatchTests {
    /// Lines of the sample with labels that come late, and the answers of a run that nothing broke.
    private struct Stream {
        var lines: [String] = []
        var answers: [String] = []
        /// The line of each answer.
        var places: [Int] = []

        init(rows count: Int, in place: Place) throws {
            let rows = try SmokeModel.rows().rows.prefix(count)
            for (number, row) in rows.enumerated() {
                places.append(lines.count)
                lines.append(SmokeModel.line(row))
                if number >= 300 {
                    let old = rows[number - 300].split(separator: ",")
                    if number % 3 == 0 || old[6] == "1" { lines.append("{\"id\":\"\(old[0])\",\"label\":\(old[6])}") }
                }
            }
            let result = try place.run(
                ["watch", "-", "--model", SmokeModel.path], input: Array((lines.joined(separator: "\n") + "\n").utf8))
            #expect(result.status == 0 && result.errors == "")
            answers = result.lines
        }
    }

    @Test("an answer a transaction, in order, and none for labels") func answers() throws {
        let place = try Place(running: "fraud-score")
        let stream = try Stream(rows: 900, in: place)
        #expect(stream.answers.count == 900)
        for (answer, row) in zip(stream.answers, try SmokeModel.rows().rows) {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any])
            #expect(object["id"] as? String == row.split(separator: ",").first.map(String.init))
            let score = try #require(object["score"] as? Double)
            #expect((0...1).contains(score) && object["alert"] as? Bool == (score >= 0.5))
        }
    }

    @Test("what is killed at any moment gives, with what is sent again, one answer an id, as if nothing had happened")
    func killed() throws {
        let place = try Place(running: "fraud-score")
        let stream = try Stream(rows: 1_500, in: place)
        var given: [String] = [], kills = 0
        var next = 0
        while given.count < stream.answers.count {
            let child = try Child(
                place, ["watch", "-", "--model", SmokeModel.path, "--state", "state.sqlite"], input: nil)
            // From the first line without an answer; a label that was sent before comes once more.
            let isLast = kills == 12
            let rest = stream.lines[next...].prefix(isLast ? .max : 100).joined(separator: "\n") + "\n"
            try? child.feed(Array(rest.utf8))
            if isLast {
                try child.endInput()
            } else {
                // While it starts, reads, writes or waits.
                usleep(UInt32.random(in: 0...40_000))
                child.signal(SIGKILL)
                kills += 1
            }
            let output = try child.result().output
            // A line that was cut off is no answer.
            let whole = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            given += whole
            next = given.count < stream.places.count ? stream.places[given.count] : stream.lines.count
        }
        #expect(kills == 12)
        #expect(given == stream.answers)
    }

    @Test("Ctrl-C ends it while it waits, and what was answered is kept") func interrupted() throws {
        let place = try Place(running: "fraud-score")
        let stream = try Stream(rows: 2, in: place)
        let arguments = ["watch", "-", "--model", SmokeModel.path, "--state", "state.sqlite"]
        let child = try Child(place, arguments, input: nil, shell: Child.interruptible)
        try child.feed(Array((stream.lines[0] + "\n").utf8))
        #expect(try child.waits(for: \.output) { $0.hasSuffix("\n") })
        child.signal(SIGINT)
        let result = try child.result()
        #expect(result.status == 130 && result.lines == [stream.answers[0]])
        let again = try place.run(arguments, input: Array((stream.lines.joined(separator: "\n") + "\n").utf8))
        #expect(again.status == 0 && again.lines == stream.answers)
    }

    @Test("an id that is sent again gets the answer that it got, whatever else is sent with it") func repeated() throws
    {
        let place = try Place(running: "fraud-score")
        let rows = try SmokeModel.rows().rows
        let lines = rows.prefix(200).map(SmokeModel.line)
        let first = try place.run(
            ["watch", "-", "--model", SmokeModel.path, "--state", "s"], input: Array(lines.joined(separator: "\n").utf8)
        )
        let changed = lines[150].replacing(/"TX_AMOUNT":[0-9.]+/, with: "\"TX_AMOUNT\":99999")
        let again = try place.run(
            ["watch", "-", "--model", SmokeModel.path, "--state", "s"], input: Array((changed + "\n" + lines[3]).utf8))
        #expect(again.lines == [first.lines[150], first.lines[3]])
    }

    @Test("a past that is given makes the scores that it makes as a stream") func history() throws {
        let place = try Place(running: "fraud-score")
        let (header, rows) = try SmokeModel.rows()
        try place.write(([header] + rows.prefix(1_000)).joined(separator: "\n") + "\n", to: "past.csv")
        let lines = rows[1_000..<1_200].map(SmokeModel.line).joined(separator: "\n")
        let watched = try place.run(
            ["watch", "-", "--model", SmokeModel.path, "--state", "s", "--history", "past.csv"],
            input: Array(lines.utf8))
        #expect(watched.status == 0)
        // The same by the table, whose labels are not known yet within the rows that are scored.
        try place.write(([header] + rows[1_000..<1_200]).joined(separator: "\n") + "\n", to: "new.csv")
        let scored = try place.run(
            ["score", "new.csv", "--history", "past.csv", "--model", SmokeModel.path, "--json"])
        #expect(scored.lines == watched.lines && watched.lines.count == 200)
    }

    @Test("lines that are broken are told by their number and passed over") func broken() throws {
        let place = try Place(running: "fraud-score")
        let lines = try SmokeModel.rows().rows.prefix(3).map(SmokeModel.line)
        let input = [
            lines[0], "no json", "{\"id\":\"nobody\",\"label\":1}", "", "[1,2]", "{\"TRANSACTION_ID\":\"7\"}",
            lines[1].replacing(/"TX_AMOUNT":[0-9.]+/, with: "\"TX_AMOUNT\":-5"),
            lines[1].replacing(/"TX_AMOUNT":[0-9.]+/, with: "\"TX_AMOUNT\":\"12,50\""), lines[2],
            "{\"id\":\"00000001\",\"label\":2}", lines[1] + String(repeating: " ", count: 3 << 20),
        ]
        let result = try place.run(
            ["watch", "-", "--model", SmokeModel.path],
            input: Array(input.joined(separator: "\n").utf8) + [0x0A, 0xFF, 0x0A])
        #expect(result.status == 1)
        #expect(result.lines.count == 2)
        let told = result.errors.split(separator: "\n").map(String.init)
        #expect(told.map { $0.prefix { $0 != " " } } == Array(repeating: "fraud-score:", count: told.count))
        for (number, words) in [
            (2, "no object"), (3, "never came"), (5, "no object"), (6, "there is no \"TX_DATETIME\""), (7, "-5.0"),
            (8, "12,50"), (10, "no label"), (11, "longer than"), (12, "no object"),
        ] {
            #expect(
                told.contains { $0.contains("standard input:\(number): ") && $0.contains(words) }, "\(number): \(words)"
            )
        }
    }

    @Test("a state of something else is refused in one line") func foreignState() throws {
        let place = try Place(running: "fraud-score")
        func fault(_ state: String) throws -> String {
            let result = try place.run(["watch", "-", "--model", SmokeModel.path, "--state", state])
            #expect(result.status == 1 && result.output == "")
            return result.errors
        }
        try place.write(
            "no database, but long enough to be looked at as if it were one, with some more words behind", to: "text")
        #expect(try fault("text").contains("text: no state file, or damaged"))
        #expect(try fault("nowhere/state").contains("nowhere/state: cannot be opened or made"))
        try place.write("", to: "folder/file")
        #expect(try fault("folder").contains("folder: "))
        _ = try place.run(["watch", "-", "--model", SmokeModel.path, "--state", "good"])
        let script = "import sqlite3; c = sqlite3.connect('good'); c.execute('PRAGMA user_version = 9'); c.commit()"
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = ["python3", "-c", script]
        python.currentDirectoryURL = URL(filePath: place.path)
        try python.run()
        python.waitUntilExit()
        #expect(try fault("good").contains("good: a state of version 9, where this program has version 1"))
    }

    @Test("a disk that is full ends it in one line; what was answered is kept, and it goes on from there")
    func fullDisk() throws {
        let place = try Place(running: "fraud-score")
        let stream = try Stream(rows: 900, in: place)
        let input = Array((stream.lines.joined(separator: "\n") + "\n").utf8)
        let arguments = ["watch", "-", "--model", SmokeModel.path, "--state", "s"]
        let cut = try place.run(arguments, input: input, shell: Child.full(kilobytes: 96))
        #expect(cut.status == 1 && (1..<900).contains(cut.lines.count), "\(cut.lines.count)")
        let errors = cut.errors.split(separator: "\n")
        #expect(errors.count == 1 && errors[0].contains("fraud-score: s: "), "\(cut.errors)")
        #expect(cut.lines == Array(stream.answers.prefix(cut.lines.count)))
        let rest = stream.lines[stream.places[cut.lines.count]...].joined(separator: "\n")
        #expect(
            try place.run(arguments, input: Array(rest.utf8)).lines == Array(stream.answers.dropFirst(cut.lines.count)))
    }

    @Test("numbers of any length are ids letter for letter, and null and missing numbers are not 0") func ids() throws {
        let place = try Place(running: "fraud-score")
        let line = SmokeModel.line(try SmokeModel.rows().rows[0])
        let input = [
            line.replacing(/"TRANSACTION_ID":"[0-9]+"/, with: "\"TRANSACTION_ID\":9007199254740993"),
            line.replacing(/"TRANSACTION_ID":"[0-9]+"/, with: "\"TRANSACTION_ID\":\"0007\""),
            line.replacing(/"TRANSACTION_ID":"[0-9]+"/, with: "\"TRANSACTION_ID\":\"\""),
            line.replacing(/"TX_AMOUNT":[0-9.]+/, with: "\"TX_AMOUNT\":null"),
        ]
        let result = try place.run(
            ["watch", "-", "--model", SmokeModel.path], input: Array(input.joined(separator: "\n").utf8))
        #expect(result.lines.count == 2)
        #expect(result.output.contains("{\"id\":\"9007199254740993\",") && result.output.contains("{\"id\":\"0007\","))
    }
}
