import CommandRuns
import Engine
import Foundation
import Images
import ModelFiles
import Testing

/// `face-match train`, and its networks in the other commands.
@Suite struct TrainingCommandTests {
    private let place: Place

    /// Pictures that stand for aligned faces: of each person the same blots, under other light and noise.
    init() throws {
        place = try Place(running: "face-match")
        for (person, name) in ["Ada", "Ben", "Cleo"].enumerated() {
            for number in 0..<5 {
                let part = number < 4 ? "people" : "new"
                try Self.picture(person: person, number: number).write(
                    to: place.file("\(part)/\(name)/\(number).png"))
            }
        }
        try place.write(
            """
            name: test
            chip: {side: 24}
            network: {stem: 8, blocks: [8, 16], embedding: 16}
            augmentation: {repeats: 16, mirror: 0, occlusion: 0, bend: 0, turn: 3, shift: 0.03, light: 0.2, gamma: 0.1}
            training: {epochs: 20, batch_size: 16, averaging: 0.9, schedule: {name: cosine, peak: 1e-2}, keep: last}

            """, to: "small.yaml")
        try place.write(
            """
            learn: people
            augmentation: {repeats: 1}
            training: {epochs: 5, schedule: {name: cosine, peak: 1e-5}, keep: last}

            """, to: "people.yaml")
    }

    private static func picture(person: Int, number: Int) -> Image {
        var blots = RandomStream(seed: 5, name: "person", number: person)
        var noise = RandomStream(seed: 5, name: "photo", number: person * 10 + number)
        let spots = (0..<5).map { _ in (blots.uniform(4, 28), blots.uniform(4, 28), blots.uniform(0, 255)) }
        let light = noise.uniform(0.8, 1.2)
        var image = Image(width: 32, height: 32)
        for y in 0..<32 {
            for x in 0..<32 {
                var value: Float = 128
                for (u, v, grey) in spots {
                    let distance = (Float(x) - u) * (Float(x) - u) + (Float(y) - v) * (Float(y) - v)
                    if distance < 30 { value = grey }
                }
                let byte = UInt8(min(max(value * light + noise.uniform(-10, 10), 0), 255))
                image[x, y] = .init(red: byte, green: byte, blue: byte)
            }
        }
        return image
    }

    private func object(_ line: String?) throws -> [String: Any] {
        let line = try #require(line)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test("a network that was trained names people, and serves every command") func network() throws {
        let trained = try place.run("train", "small.yaml", "--data", "people", "--aligned", "--output", "run", "--json")
        #expect(trained.status == 0, "\(trained.errors)")
        let result = try object(trained.lines.last)
        #expect(result["model"] as? String == "run/model.onnx" && result["epoch"] as? Int == 20)
        let wanted = ["new/Ada/4.png,Ada", "new/Ben/4.png,Ben", "new/Cleo/4.png,Cleo"]
        let none = "XDG_CACHE_HOME=\"$PWD/none\" exec \"$0\" \"$@\""
        // Its people are within it; and it needs none of the installed networks.
        #expect(try place.run("identify", "run/model.onnx", "new", "--threshold", "1.5", shell: none).lines == wanted)
        let own = ["--embedder", "run/model.onnx"]
        #expect(try Child(place, ["identify", "people", "new"] + own).result().lines == wanted)
        let same = try Child(place, ["verify", "people/Ada/0.png", "new/Ada/4.png", "--json"] + own).result()
        let other = try Child(place, ["verify", "people/Ada/0.png", "new/Ben/4.png", "--json"] + own).result()
        #expect(try object(same.lines.first)["same"] as? Bool == true)
        #expect(try object(other.lines.first)["same"] as? Bool == false)
        let chance = try #require(try object(same.lines.first)["probability"] as? Double)
        #expect(chance > 0.5)
        #expect(try Child(place, ["index", "g", "people", "--quiet"] + own).result().status == 0)
        let grouped = try object(try Child(place, ["cluster", "g", "--json"] + own).result().lines.first)
        #expect(grouped["people"] as? Int == 3 && grouped["joined"] as? Int == 12)
        #expect(try place.run("gallery", "name", "g", "#1", "Ada").status == 0)
        #expect(try Child(place, ["identify", "g", "new/Ada/4.png"] + own).result().lines == [wanted[0]])
        let embedded = try object(try Child(place, ["embed", "new/Ada/4.png"] + own).result().lines.first)
        let face = try #require((embedded["faces"] as? [[String: Any]])?.first)
        #expect((face["embedding"] as? [Double])?.count == 16 && face["box"] as? [Double] == [0, 0, 32, 32])
        // With a detector again there is no face in these pictures.
        let found = try Child(place, ["identify", "people", "new/Ada/4.png", "--no-aligned"] + own).result()
        #expect(found.lines == ["new/Ada/4.png,no_persons_found"])
    }

    @Test("a training that was interrupted ends with the same bytes as one that was not") func resumed() throws {
        let whole = ["train", "small.yaml", "--data", "people", "--aligned", "--quiet", "--threads", "1", "--output"]
        #expect(try Child(place, whole + ["a"]).result().status == 0)
        let cut = try Child(place, whole + ["b"], shell: Child.interruptible)
        _ = try cut.waits(for: \.errors) { _ in FileManager.default.fileExists(atPath: place.path + "/b/log.jsonl") }
        cut.signal(SIGINT)
        let interrupted = try cut.result()
        // It may have ended before.
        if interrupted.status == 0 { #expect(try place.bytes("b/model.onnx") == place.bytes("a/model.onnx")) }
        let rest = try Child(place, whole + ["b", "--resume", "--threads", "2"]).result()
        #expect(rest.status == 0, "\(rest.errors)")
        #expect(try place.bytes("a/model.onnx") == place.bytes("b/model.onnx"))
        let again = try Child(place, whole + ["a"]).result()
        #expect(again.status == 1 && again.errors.contains("a: there is a run already; --resume goes on with it"))
    }

    @Test("people are learned among the vectors of a network that stays as it is") func people() throws {
        let trained = try place.run(
            "train", "people.yaml", "--data", "people", "--aligned", "--output", "run", "--quiet")
        #expect(trained.status == 0, "\(trained.errors)")
        let named = try place.run("identify", "run/model.onnx", "new", "--threshold", "2")
        #expect(named.lines == ["new/Ada/4.png,Ada", "new/Ben/4.png,Ben", "new/Cleo/4.png,Cleo"])
        let mixed = try place.run("identify", "run/model.onnx", "new", "--embedder", "run/model.onnx")
        #expect(mixed.status == 64 && mixed.errors.contains("which is a network itself"))
    }

    @Test("photos that are held back judge the epochs, and say what distances mean", arguments: ["small", "people"])
    func heldBack(_ name: String) throws {
        let text = try String(contentsOfFile: place.path + "/\(name).yaml", encoding: .utf8)
        try place.write(
            text.replacing("keep: last", with: "keep: best") + "validation: {photos: 1}\n", to: "held.yaml")
        let trained = try place.run(
            "train", "held.yaml", "--data", "people", "--aligned", "--output", "run", "--json", "--quiet")
        #expect(trained.status == 0, "\(trained.errors)")
        let figures = try #require(try object(trained.lines.last)["validation"] as? [String: Any])
        #expect(figures["accuracy"] as? Double == 1 && figures["loss"] is Double)
        let named = try place.run("identify", "run/model.onnx", "new", "--threshold", "2", "--json")
        for line in named.lines {
            let face = try #require((try object(line)["faces"] as? [[String: Any]])?.first)
            #expect(face["probability"] is Double || name == "people")
        }
    }

    @Test("what cannot be learned from is told in a line") func refused() throws {
        let nobody = try place.run("train", "small.yaml", "--data", "new/Ada", "--aligned", "--output", "run")
        #expect(nobody.status == 1 && nobody.errors.contains("new/Ada: photos of nobody; a folder a person is wanted"))
        let nowhere = try place.run("train", "small.yaml", "--data", "nowhere", "--output", "run")
        #expect(
            nowhere.status == 1 && nowhere.errors.contains("face-match: nowhere: no such folder; a folder a person"))
        try place.write("text", to: "people/Ada/bad.png")
        let one = try place.run("train", "small.yaml", "--data", "people", "--output", "run")
        #expect(one.status == 1 && one.errors.contains("people/Ada/bad.png: not an image that can be read"))
        #expect(one.errors.contains("people/Ada/0.png: no face found; left out"))
        #expect(!FileManager.default.fileExists(atPath: place.path + "/run"))
        let network = try place.run(
            "train", "small.yaml", "--data", "people", "--aligned", "--embedder", "x.onnx", "--output", "run")
        #expect(network.status == 64)
        var graph = Graph()
        let x = graph.addInput("data", dimensions: ["n", 3, 16, 16])
        graph.addOutput("y", try graph.append(Operators.Flatten(), [x])[0])
        for (text, fault) in [
            ("{\"people\":", "its metadata engram.faces is damaged"),
            (
                "{\"template\":\"arcface-112\",\"pixels\":\"0..1\",\"is_aligned\":true,\"people\":[\"Ada\"]}",
                "it has no directions of its 1 people"
            ),
            (
                "{\"template\":\"arcface-112\",\"pixels\":\"0..1\",\"is_aligned\":true,\"people\":[],\"calibration\":{\"threshold\":1,\"false_matches\":[]}}",
                "its metadata engram.faces has a calibration that cannot be"
            ),
        ] {
            graph.metadata = ["engram.faces": text]
            try graph.write(toONNX: place.file("strange.onnx"))
            let result = try place.run("identify", "strange.onnx", "new")
            #expect(result.status == 1 && result.errors.contains("strange.onnx: " + fault), "\(result.errors)")
        }
        // Directions of three numbers for vectors of 768.
        let vectors = graph.outputs[0].value
        let three = try graph.append(
            Operators.Gemm(), [vectors, graph.addConstant(Tensor(zeros: [768, 3]))])[0]
        let directions = graph.addConstant(Tensor(zeros: [1, 3]), name: "cosine_classifier_1.weight")
        graph.addOutput("similarities", try graph.append(Operators.Gemm(transposesB: true), [three, directions])[0])
        graph.metadata = [
            "engram.faces":
                "{\"template\":\"arcface-112\",\"pixels\":\"0..1\",\"is_aligned\":true,\"people\":[\"Ada\"]}"
        ]
        try graph.write(toONNX: place.file("strange.onnx"))
        let narrow = try place.run("identify", "strange.onnx", "new")
        #expect(narrow.errors == "face-match: strange.onnx: its directions have 3 numbers where its vectors have 768\n")
        try place.write("", to: "damaged.onnx")
        #expect(try place.run("identify", "damaged.onnx", "new").status == 1)
    }
}
