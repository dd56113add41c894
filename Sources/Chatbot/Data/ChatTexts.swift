internal import Engine
internal import FoundationEssentials
internal import Pipelines
internal import Progress
internal import Streams
internal import Text

/// The texts of a training: what is learned from, and what is held back to judge by.
struct ChatTexts {
    let code: CharacterCode
    /// Talks with how often a pass has them; of a plain text a single one, cut nowhere.
    private(set) var parts: [TalkDataset.Part] = []
    /// By the file that they are of; a file of few talks has none.
    private(set) var heldOut: [(file: String, texts: [[Int64]])] = []
    /// What the network may be asked to see how it speaks by now: how talks of the first files begin, or a text's line.
    private(set) var prompts: [String] = []

    /// Reads a file, or the files of a folder that the recipe names (all where it names none).
    ///
    /// - Parameter known: the characters of a network that goes on learning; nil where they are those of the texts.
    /// - Throws: `InputError` that names what cannot be read or is missing.
    init(_ data: String, _ recipe: ChatRecipe, known: CharacterCode?, progress: @escaping ProgressHandler) throws {
        let files = try Self.files(data, recipe)
        let formats = try files.map { try TextFormat(ofFileAt: $0.path) }
        if files.count == 1, formats[0] == .plain {
            let plain = try PlainText.read(path: files[0].path) { progress(.message($0.description)) }
            let code =
                known
                ?? CharacterCode(
                    Vocabulary(of: CharacterCounts(of: plain), coverage: recipe.coverage), isOfTalks: false)
            guard !code.isOfTalks else {
                throw InputError(files[0].path, "plain text, where the network to go on with is one of talks")
            }
            let numbers = code.encode(plain)
            func part(_ share: [Double]) -> [Int64] {
                guard share.count == 2 else { return [] }
                return Array(numbers[Int(share[0] * Double(numbers.count))..<Int(share[1] * Double(numbers.count))])
            }
            self.code = code
            parts = [TalkDataset.Part([part(recipe.shares.training)])]
            let judged = part(recipe.shares.validation)
            if !judged.isEmpty { heldOut = [(files[0].path, [judged])] }
            prompts = plain.split(separator: "\n").first.map { [$0.prefix(60) + " "] } ?? []
            return
        }
        if let plain = formats.firstIndex(of: .plain) {
            throw InputError(
                files[plain].path, "plain text among talks",
                remedy: "a plain text is learned alone; talks are lines of {\"turns\":[…]} or of Name: words")
        }
        if let known, !known.isOfTalks {
            throw InputError(files[0].path, "talks, where the network to go on with is one of plain text")
        }
        var counts = CharacterCounts(), talks: [(learned: [Dialogue], heldOut: [Dialogue])] = []
        for file in files {
            progress(.message("reading \(file.path)"))
            var learned: [Dialogue] = [], heldOut: [Dialogue] = []
            for (index, dialogue) in try Dialogue.numbered(ofFile: file.path, progress: progress) {
                if index % recipe.validation.every == recipe.validation.first {
                    heldOut.append(dialogue)
                } else {
                    learned.append(dialogue)
                    for turn in dialogue.turns { counts.add(turn) }
                    if file.careless > 0 { for turn in dialogue.careless.turns { counts.add(turn) } }
                }
            }
            talks.append((learned, heldOut))
        }
        code = known ?? CharacterCode(Vocabulary(of: counts, coverage: recipe.coverage), isOfTalks: true)
        prompts = talks.prefix(2).compactMap { ($0.heldOut.first ?? $0.learned.first)?.turns.first }
        for (file, talks) in zip(files, talks) {
            let others = file.careless > 0 ? (talks.learned.map { code.encode($0.careless) }, file.careless) : nil
            parts.append(TalkDataset.Part(talks.learned.map(code.encode), repeats: file.repeats, others: others))
            var characters = 0
            let judged = talks.heldOut.prefix { dialogue in
                defer { characters += dialogue.characterCount }
                return characters < recipe.validation.characters
            }
            if !judged.isEmpty { heldOut.append((file.path, judged.map(code.encode))) }
        }
    }

    /// A file to read, how often a pass has its talks, and the share of them that is typed carelessly.
    private typealias File = (path: String, repeats: Double, careless: Double)

    /// The files to read.
    private static func files(_ data: String, _ recipe: ChatRecipe) throws -> [File] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: data, isDirectory: &isFolder) else {
            throw InputError(data, "no such file or folder")
        }
        guard isFolder else { return [(data, 1, 0)] }
        let folder = data.hasSuffix("/") ? data : data + "/"
        if !recipe.sets.isEmpty { return recipe.sets.map { (folder + $0.file, $0.repeats, $0.careless) } }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []).sorted()
        let endings = [".jsonl", ".jsonl.gz", ".txt", ".txt.gz"]
        let found = names.filter { name in !name.hasPrefix(".") && endings.contains(where: name.hasSuffix) }
        guard !found.isEmpty else {
            throw InputError(
                data, "no texts in the folder", remedy: "they are called *.jsonl or *.txt, or those with .gz")
        }
        return found.map { (folder + $0, 1, 0) }
    }
}

extension Dialogue {
    /// The talk as it is where whoever began types in lower case and without punctuation; a turn that has nothing else stays.
    var careless: Dialogue {
        Dialogue(
            turns: turns.enumerated().map { place, turn in
                guard place % 2 == 0 else { return turn }
                let bare = String(
                    String.UnicodeScalarView(
                        turn.lowercased().unicodeScalars.filter { scalar in
                            scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == " "
                        }))
                let text = Dialogue.turn(bare)
                return text.isEmpty ? turn : text
            })
    }
}
