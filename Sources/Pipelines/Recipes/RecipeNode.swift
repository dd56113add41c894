import ModelFiles
import Yams

/// A part of a YAML file with the line where it begins.
struct RecipeNode {
    indirect enum Content {
        /// A text, and whether it stands without quotes, so that it may be a number.
        case scalar(String, isPlain: Bool)
        case sequence([RecipeNode])
        case mapping([Entry])
    }
    struct Entry {
        var key: String
        var line: Int
        var value: RecipeNode
    }

    var line: Int
    var content: Content

    /// What a file may have at most.
    enum Limits {
        static let byteCount = 65_536
        static let depth = 32
        static let nodes = 20_000
        /// A mapping's keys are hashed with all that they stand for, so that aliases of aliases would cost without bound.
        static let aliases = 8
    }

    init(line: Int, _ content: Content) {
        self.line = line
        self.content = content
    }

    /// - Throws: `LineFault` where the text is no YAML, has more than one document, or passes a limit.
    init(parsing text: String) throws(LineFault) {
        let root: Yams.Node?
        try Self.checkAliases(text)
        do { root = try Yams.Parser(yaml: text, encoding: .utf8).singleRoot() } catch { throw LineFault(yaml: error) }
        var count = 0
        if let root {
            self = try Self.node(root, line: 1, depth: 0, count: &count)
        } else {
            self.init(line: 1, .mapping([]))
        }
    }

    /// Counts what may be an alias, also in comments and quotes; which one is, only the parser knows, and it would have followed them.
    private static func checkAliases(_ text: String) throws(LineFault) {
        var line = 1, aliases = 0, isAfterAsterisk = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\n") { line += 1 }
            let isName =
                byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte >= 0x80
                || (byte > 0x20 && Character(Unicode.Scalar(byte)).isLetter) || (0x30...0x39).contains(byte)
            if isAfterAsterisk, isName { aliases += 1 }
            if aliases > Limits.aliases {
                throw LineFault(line, "more than \(Limits.aliases) aliases (*name)", remedy: "write the values out")
            }
            isAfterAsterisk = byte == UInt8(ascii: "*")
        }
    }

    private static func node(
        _ node: Yams.Node, line: Int, depth: Int, count: inout Int
    ) throws(LineFault) -> RecipeNode {
        let line = node.mark?.line ?? line
        count += 1
        guard depth <= Limits.depth else { throw LineFault(line, "more than \(Limits.depth) values in one another") }
        guard count <= Limits.nodes else { throw LineFault(line, "more than \(Limits.nodes) values") }
        switch node {
        case .scalar(let scalar):
            return RecipeNode(line: line, .scalar(scalar.string, isPlain: scalar.style == .plain))
        case .sequence(let sequence):
            var nodes: [RecipeNode] = []
            for element in sequence {
                nodes.append(try Self.node(element, line: line, depth: depth + 1, count: &count))
            }
            return RecipeNode(line: line, .sequence(nodes))
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                let line = key.mark?.line ?? line
                guard case .scalar(let name) = key else { throw LineFault(line, "a key that is no text") }
                entries.append(
                    Entry(
                        key: name.string, line: line,
                        value: try Self.node(value, line: line, depth: depth + 1, count: &count)))
            }
            return RecipeNode(line: line, .mapping(entries))
        case .alias: throw LineFault(line, "an alias of something that is not there")
        }
    }
}

extension RecipeNode {
    /// The entries of a mapping; nil where it is none. Nothing at all, as after a key alone, is an empty mapping.
    var entries: [Entry]? {
        switch content {
        case .mapping(let entries): entries
        case .scalar where isNull: []
        case .scalar, .sequence: nil
        }
    }

    /// Takes an entry out of a mapping; nil where there is none.
    mutating func remove(_ key: String) -> Entry? {
        guard var entries, let place = entries.firstIndex(where: { $0.key == key }) else { return nil }
        let entry = entries.remove(at: place)
        content = .mapping(entries)
        return entry
    }

    subscript(key: String) -> Entry? { entries?.first { $0.key == key } }

    /// Whether the file says that there is no value.
    var isNull: Bool {
        if case .scalar(let text, isPlain: true) = content {
            ["", "~", "null", "Null", "NULL"].contains(text)
        } else {
            false
        }
    }

    /// This node, with what another one has besides; in mappings of mappings too.
    func merged(over defaults: RecipeNode) -> RecipeNode {
        guard case .mapping(let others) = defaults.content, var entries else { return self }
        for index in entries.indices where !entries[index].value.isNull {
            if let other = others.first(where: { $0.key == entries[index].key }) {
                entries[index].value = entries[index].value.merged(over: other.value)
            }
        }
        for other in others where !entries.contains(where: { $0.key == other.key }) {
            entries.append(Entry(key: other.key, line: line, value: other.value.at(line: line)))
        }
        return RecipeNode(line: line, .mapping(entries))
    }

    /// The same, as if it all stood on one line.
    private func at(line: Int) -> RecipeNode {
        switch content {
        case .scalar: RecipeNode(line: line, content)
        case .sequence(let nodes): RecipeNode(line: line, .sequence(nodes.map { $0.at(line: line) }))
        case .mapping(let entries):
            RecipeNode(
                line: line, .mapping(entries.map { Entry(key: $0.key, line: line, value: $0.value.at(line: line)) }))
        }
    }

    /// Sets the value at a path of keys, and makes what is missing on the way.
    mutating func set(_ path: some Collection<Substring>, to value: RecipeNode) throws(LineFault) {
        guard let first = path.first else {
            self = value
            return
        }
        guard var entries else {
            throw LineFault(value.line, "'\(first)' is no key, since there is no mapping around it")
        }
        let key = String(first)
        var entry =
            entries.first { $0.key == key }
            ?? Entry(key: key, line: value.line, value: RecipeNode(line: value.line, .mapping([])))
        entry.line = value.line
        try entry.value.set(path.dropFirst(), to: value)
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
        content = .mapping(entries)
    }
}

extension LineFault {
    /// What the parser says, without its copy of the file.
    fileprivate init(yaml error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(mark.line, "not YAML, " + problem)
        case .reader(let problem, _, _, _): self.init(nil, "not YAML, " + problem.lowercased())
        case .duplicatedKeysInMapping(let keys, let context):
            self.init(context.mark.line, "the key \((keys.first ?? "").quoted) is there twice")
        default: self.init(nil, "not YAML")
        }
    }
}
