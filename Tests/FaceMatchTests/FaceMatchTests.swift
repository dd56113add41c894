import CommandRuns
import Engine
import Foundation
import Images
import ModelFiles
import Testing

/// `face-match` as people run it.
@Suite struct FaceMatchTests {
    private let place: Place

    /// Photos made of one portrait: the face and its mirror image are one person, a wall is nobody.
    init() throws {
        place = try Place(running: "face-match")
        let portrait = try Image(contentsOf: Place.project + "/sample-data/astronaut.jpg")
        try portrait.write(to: place.file("one.jpg"))
        try portrait.mirrored.resized(width: 400, height: 400).write(to: place.file("two.png"))
        try Image(width: 300, height: 200).write(to: place.file("wall.png"))
        var both = Image(width: 1_024, height: 512)
        for y in 0..<512 {
            for x in 0..<512 {
                both[x, y] = portrait[x, y]
                both[512 + x, y] = portrait[511 - x, y]
            }
        }
        try both.write(to: place.file("both.jpg"))
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test("detect: a line a face, or an object a photo; what fails is told and the rest goes on") func detect() throws {
        try place.write("this is text", to: "text.jpg")
        let result = try place.run("detect", "one.jpg", "text.jpg", "wall.png", "missing.jpg", "both.jpg", "--json")
        #expect(result.status == 1 && result.lines.count == 5)
        let faces = try result.lines.map { try object($0)["faces"] as? [[String: Any]] }
        #expect(faces.map { $0?.count } == [1, nil, 0, nil, 2])
        let face = try #require(faces[0]?.first)
        let box = try #require(face["box"] as? [Double]), landmarks = try #require(face["landmarks"] as? [[Double]])
        #expect(box.count == 4 && abs(box[0] - 182) < 15 && abs(box[1] - 58) < 15)
        #expect(landmarks.count == 5 && landmarks.allSatisfy { $0.count == 2 })
        #expect(
            try object(result.lines[1])["error"] as? String
                == "not an image that can be read; those are JPEG, PNG, WebP, HEIC, PGM or PPM")
        #expect(
            result.errors.contains("face-match: text.jpg: not an image")
                && result.errors.contains("missing.jpg: no such file"))
        let text = try place.run("detect", "wall.png", "one.jpg")
        #expect(text.status == 0 && text.lines[0] == "wall.png: no face found" && text.lines[1].hasPrefix("one.jpg: 1"))
    }

    @Test("detect --draw writes the photos with boxes, also those of one name") func draw() throws {
        try Data(place.bytes("one.jpg")).write(to: URL(filePath: place.file("other/one.jpg")))
        let result = try place.run("detect", "one.jpg", "other/one.jpg", "wall.png", "--draw", "drawn")
        #expect(result.status == 0)
        #expect(try place.files("drawn") == ["one-2.jpg", "one.jpg", "wall.jpg"])
        let plain = try Image(contentsOf: place.path + "/one.jpg")
        let drawn = try Image(contentsOf: place.path + "/drawn/one.jpg")
        let changed = (0..<plain.pixels.count / 3).filter {
            abs(Int(plain.pixels[3 * $0]) - Int(drawn.pixels[3 * $0])) > 60
        }
        // A frame around the face.
        let columns = changed.map { $0 % 512 }.sorted(), rows = changed.map { $0 / 512 }.sorted()
        for (edge, expected) in zip([columns.first, columns.last, rows.first, rows.last], [181, 270, 58, 178]) {
            #expect(abs((edge ?? 0) - expected) < 8)
        }
    }

    @Test("the same answers with one thread and two, from a file and from standard input") func threads() throws {
        let one = try place.run("embed", "one.jpg", "two.png", "both.jpg", "--threads", "1")
        let two = try place.run("embed", "one.jpg", "two.png", "both.jpg", "--threads", "2")
        #expect(one.status == 0 && one.output == two.output)
        let piped = try place.run("embed", "-", input: try place.bytes("one.jpg"))
        #expect(piped.lines.first?.replacing("\"file\":\"-\"", with: "\"file\":\"one.jpg\"") == one.lines.first)
    }

    @Test("verify: one person in two photos, and what is no face or too many") func verify() throws {
        let same = try place.run("verify", "one.jpg", "two.png", "--json")
        let answer = try object(try #require(same.lines.first))
        #expect(same.status == 0 && answer["same"] as? Bool == true && answer["left"] as? String == "one.jpg")
        #expect(try #require(answer["distance"] as? Double) < 0.2)
        let none = try place.run("verify", "one.jpg", "wall.png")
        #expect(none.status == 1 && none.errors == "face-match: wall.png: no face found\n")
        let many = try place.run("verify", "one.jpg", "both.jpg")
        #expect(
            many.status == 1
                && many.errors == "face-match: both.jpg: 2 faces found; --largest takes the largest, --all takes all\n")
        #expect(try place.run("verify", "one.jpg", "both.jpg", "--largest").status == 0)
        let all = try object(
            try #require(try place.run("verify", "two.png", "both.jpg", "--all", "--json").lines.first))
        #expect(all["same"] as? Bool == true && all["right"] as? String == "both.jpg")
        #expect(try place.run("verify", "one.jpg", "both.jpg", "--all", "--largest").status == 64)
    }

    @Test("identify: a line a face, quoted as CSV wants it, by a folder of people") func identify() throws {
        try Data(place.bytes("one.jpg")).write(to: URL(filePath: place.file("people/Collins, Eileen/1.jpg")))
        try Data(place.bytes("two.png")).write(to: URL(filePath: place.file("people/Collins, Eileen/2.png")))
        try place.write("x", to: "people/.hidden.jpg")
        try place.write("x", to: "people/Thumbs.db")
        let result = try place.run("identify", "people", "both.jpg", "wall.png", "one.jpg")
        #expect(result.status == 0 && result.errors == "")
        #expect(
            result.lines == [
                "both.jpg,\"Collins, Eileen\"", "both.jpg,\"Collins, Eileen\"", "wall.png,no_persons_found",
                "one.jpg,\"Collins, Eileen\"",
            ])
        let strict = try place.run("identify", "people", "one.jpg", "--threshold", "0", "--json")
        let faces = try #require(try object(strict.lines[0])["faces"] as? [[String: Any]])
        #expect(faces[0]["name"] is NSNull || faces[0]["distance"] as? Double == 0)
    }

    @Test("a gallery: indexed once, grouped, named, and taken back") func gallery() throws {
        for name in ["one.jpg", "two.png", "wall.png"] {
            try Data(place.bytes(name)).write(to: URL(filePath: place.file("photos/" + name)))
        }
        let first = try object(try #require(try place.run("index", "g", "photos", "--json").lines.first))
        #expect(first["photos"] as? Int == 3 && first["current"] as? Int == 0 && first["faces"] as? Int == 2)
        let again = try object(try #require(try place.run("index", "g", "photos", "--json").lines.first))
        #expect(again["photos"] as? Int == 3 && again["current"] as? Int == 3 && again["faces"] as? Int == 2)
        #expect(
            try place.run("cluster", "g").output
                == "2 faces have found their person, 1 of them new; 0 faces are nobody's\n")
        #expect(try place.run("cluster", "g", "--sheet", "sheet.png").status == 0)
        let sheet = try Image(contentsOf: place.path + "/sheet.png")
        #expect(sheet.height == 144 && Set(sheet.pixels).count > 100)
        #expect(try place.run("gallery", "name", "g", "#1", "Eileen Collins").status == 0)
        #expect(try place.run("gallery", "list", "g").output == "Eileen Collins: 2 faces in 2 photos\n")
        #expect(try place.run("identify", "g", "one.jpg").output == "one.jpg,Eileen Collins\n")
        #expect(try place.run("gallery", "undo", "g").output == "taken back: name #1 Eileen Collins\n")
        #expect(try place.run("gallery", "list", "g").output == "#1: 2 faces in 2 photos\n")
        let other = try place.run("identify", "g", "one.jpg", "--quality", "best")
        #expect(other.status == 1 && other.errors.contains("were encoded by 'dlib resnet 1, default', not by"))
        #expect(try place.run("gallery", "remove", "g", "#1").output == "#1 and 2 faces deleted\n")
        let nobody = try place.run("gallery", "name", "g", "#1", "X")
        #expect(nobody.status == 1 && nobody.errors.contains("g: nobody is called '#1'"))
    }

    @Test("a gallery is whole after kill -9 in the middle of indexing, and goes on from there") func killed() throws {
        let portrait = try Image(contentsOf: place.path + "/one.jpg")
        for number in 0..<24 {
            try portrait.resized(width: 200 + number, height: 200 + number).write(to: place.file("many/\(number).png"))
        }
        var kills = 0, known = 0
        for delay in [30_000, 150_000, 250_000, 350_000] {
            let child = try Child(place, ["index", "g", "many", "--json", "--threads", "1"])
            usleep(UInt32(delay))
            child.signal(SIGKILL)
            if try child.result().status != 0 { kills += 1 }
            // What had been kept is there.
            let rest = try object(try #require(try place.run("index", "g", "one.jpg", "--json", "--quiet").lines.first))
            let now = try #require(rest["faces"] as? Int)
            #expect(now >= known)
            known = now
        }
        let last = try object(try #require(try place.run("index", "g", "many", "--json").lines.first))
        #expect(last["photos"] as? Int == 24 && last["faces"] as? Int == 25)
        #expect(kills > 0)
    }

    @Test("a disk that is full ends indexing in one line, and nothing of before is lost") func fullDisk() throws {
        let portrait = try Image(contentsOf: place.path + "/one.jpg")
        for number in 0..<40 {
            try portrait.resized(width: 150 + number, height: 150).write(to: place.file("many/\(number).png"))
        }
        let cut = try place.run("index", "g", "many", "--quiet", shell: Child.full(kilobytes: 100))
        #expect(cut.status == 1)
        let errors = cut.errors.split(separator: "\n")
        let isOneLine = errors.count == 1 && cut.errors.hasPrefix("face-match: g: cannot be written")
        #expect(isOneLine, "\(cut.errors)")
        let rest = try object(try #require(try place.run("index", "g", "many", "--json", "--quiet").lines.first))
        let current = try #require(rest["current"] as? Int)
        #expect(rest["photos"] as? Int == 40 && (1..<40).contains(current) && rest["faces"] as? Int == 40)
    }

    @Test("a gallery that another process is changing is waited for, and then named") func busy() throws {
        _ = try place.run("index", "g", "one.jpg", "--quiet")
        let holder = try Child(
            place, [], input: nil,
            shell:
                "exec python3 -c 'import sqlite3; c = sqlite3.connect(\"g\", isolation_level=None); c.execute(\"BEGIN IMMEDIATE\"); print(1, flush=True); input()'"
        )
        #expect(try holder.waits(for: \.output) { $0.contains("1") })
        let result = try place.run("gallery", "name", "g", "#1", "Rosa")
        #expect(result.status == 1 && result.errors == "face-match: g: another program is writing it\n")
        // Who only reads need not wait.
        #expect(try place.run("identify", "g", "one.jpg").status == 0)
        try holder.endInput()
        _ = try holder.result()
    }

    @Test("evaluate: figures of pairs, with folds and with a threshold from elsewhere") func evaluate() throws {
        try place.write(
            """
            left,right,same,fold
            one.jpg,two.png,1,a
            one.jpg,wall.png,0,a
            two.png,one.jpg,1,b
            wall.png,two.png,0,b

            """, to: "pairs.csv")
        let result = try place.run("evaluate", "pairs.csv", "--json", "--quiet", "--threshold", "0.4")
        let figures = try object(try #require(result.lines.first))
        #expect(result.status == 0 && figures["pairs"] as? Int == 4 && figures["accuracy"] as? Double == 1)
        #expect(figures["missed_images"] as? Int == 1 && figures["auc"] as? Double == 1)
        #expect(figures["tar_at_far_1e-3"] is NSNull)
        #expect(try place.run("evaluate", "pairs.csv", "--threshold-from", "pairs.csv", "--quiet").status == 0)
        try place.write("left,right,same\none.jpg,two.png,maybe\n", to: "bad.csv")
        let bad = try place.run("evaluate", "bad.csv")
        #expect(bad.status == 1 && bad.errors == "face-match: bad.csv:2: same is 'maybe'; it can be 0 or 1\n")
    }

    @Test("a photo of too many pixels, and options that cannot be, are refused in a line") func refused() throws {
        let large = try place.run("detect", "one.jpg", "--max-pixels", "1000")
        #expect(
            large.status == 1
                && large.errors
                    == "face-match: one.jpg: 512×512 pixels, more than the 1000 that are allowed; --max-pixels allows more\n"
        )
        #expect(try place.run("detect", "one.jpg", "--min-face", "0").status == 64)
        #expect(try place.run("detect", "one.jpg", "--min-score", "2").status == 64)
        #expect(try place.run("identify", "nowhere", "one.jpg").errors.contains("nowhere: no such gallery"))
        let empty = try place.file("empty/x")
        #expect(try place.run("identify", "people", URL(filePath: empty).deletingLastPathComponent().path).status == 1)
    }

    @Test("a network of one's own encodes faces, of any batch, where a threshold is said") func embedder() throws {
        // The mean colours of a picture, of one at a time.
        var graph = Graph()
        let x = graph.addInput("data", dimensions: [1, 3, 112, 112])
        let mean = try graph.append(Operators.GlobalAveragePool(), [x])[0]
        graph.addOutput("fc1", try graph.append(Operators.Flatten(), [mean])[0])
        try graph.write(toONNX: place.file("mine.onnx"))
        let own = ["--embedder", "mine.onnx", "--template", "arcface-112", "--pixels", "0..1"]
        let embedded = try Child(place, ["embed", "one.jpg", "both.jpg"] + own).result()
        #expect(embedded.status == 0 && embedded.lines.count == 2)
        let face = try #require((try object(embedded.lines[0])["faces"] as? [[String: Any]])?.first)
        let numbers = try #require(face["embedding"] as? [Double])
        #expect(numbers.count == 3 && abs(numbers.map { $0 * $0 }.reduce(0, +) - 1) < 1e-5)
        let verified = try Child(place, ["verify", "one.jpg", "two.png", "--cosine", "0.99", "--json"] + own).result()
        let answer = try object(try #require(verified.lines.first))
        #expect(answer["same"] as? Bool == true && answer["probability"] is NSNull)
        #expect(abs(try #require(answer["threshold"] as? Double) - 0.141421) < 1e-5)
        let unsaid = try Child(place, ["verify", "one.jpg", "two.png"] + own).result()
        #expect(unsaid.status == 64 && unsaid.errors.contains("--threshold or --cosine says how near"))
        let signed = ["--embedder", "mine.onnx", "--template", "arcface-112", "--pixels", "-1..1", "--cosine", "-0.5"]
        #expect(try Child(place, ["verify", "one.jpg", "two.png"] + signed).result().status == 0)
        var wide = Graph()
        let y = wide.addInput("data", dimensions: ["n", 3, 112, 96])
        let pooled = try wide.append(Operators.GlobalAveragePool(), [y])[0]
        wide.addOutput("fc1", try wide.append(Operators.Flatten(), [pooled])[0])
        try wide.write(toONNX: place.file("wide.onnx"))
        let wrong = try place.run("embed", "one.jpg", "--embedder", "wide.onnx")
        #expect(wrong.status == 1 && wrong.errors.contains("wide.onnx: its pictures are"))
        let stranger = try place.run("identify", "mine.onnx", "one.jpg")
        #expect(stranger.status == 1 && stranger.errors.contains("mine.onnx: it knows no people"))
        _ = try Child(place, ["index", "g", "one.jpg", "--quiet"] + own).result()
        let other = try place.run("identify", "g", "one.jpg")
        #expect(other.status == 1 && other.errors.contains("were encoded by 'network "))
    }

    @Test("without the networks it says how to get them") func missing() throws {
        let result = try place.run("detect", "one.jpg", shell: "XDG_CACHE_HOME=\"$PWD/none\" exec \"$0\" \"$@\"")
        #expect(result.status == 1)
        #expect(
            result.errors
                == "face-match: \(place.path)/none/engram/faces: the networks for faces are not there; 'tools/setup --faces' installs them\n"
        )
    }
}
