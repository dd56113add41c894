import FoundationEssentials
import ModelFiles

/// Reads `Codable` types from YAML, and notes which keys they ask for: those are the known ones.
struct RecipeDecoder: Decoder {
    /// What is noted while a file is read.
    final class Notes {
        /// A mapping in the file and the keys that were asked for.
        struct Mapping {
            var node: RecipeNode
            var asked: [String] = []
            /// Whether any key may stand there.
            var isOpen = false
        }
        fileprivate(set) var mappings: [Mapping] = []

        /// - Throws: `LineFault` at the first key that nobody asked for.
        func refuseUnknownKeys() throws(LineFault) {
            let unknown = mappings.flatMap { mapping in
                mapping.isOpen
                    ? []
                    : (mapping.node.entries ?? []).filter { !mapping.asked.contains($0.key) }.map {
                        ($0, mapping.asked)
                    }
            }
            guard let (entry, asked) = unknown.min(by: { $0.0.line < $1.0.line }) else { return }
            throw Self.unknown(entry, known: asked)
        }

        fileprivate static func unknown(_ entry: RecipeNode.Entry, known: [String]) -> LineFault {
            let nearest = NearestName.of(entry.key, among: known)
            return LineFault(
                entry.line, "unknown key \(entry.key.quoted)",
                remedy: nearest.map { "did you mean '\($0)'?" } ?? "known are \(known.sorted().joined(separator: ", "))"
            )
        }
    }

    let node: RecipeNode
    let notes: Notes
    /// The key under which the node stands, for errors.
    let name: String
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard node.entries != nil else { throw fault("a mapping of keys to values") }
        notes.mappings.append(Notes.Mapping(node: node))
        return KeyedDecodingContainer(RecipeMapping(decoder: self, index: notes.mappings.count - 1))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .sequence(let nodes) = node.content else { throw fault("a list") }
        return RecipeSequence(decoder: self, nodes: nodes)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    /// A value of any type.
    func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let part = type as? any RecipePart.Type, let value = try self.part(part) as? Value { return value }
        if let choices = type as? any (CaseIterable & RawRepresentable).Type { try check(among: Self.names(choices)) }
        return try type.init(from: self)
    }

    private func part<Part: RecipePart>(_ type: Part.Type) throws -> Part {
        guard node.entries != nil else { throw fault("a mapping of keys to values") }
        let part = try Part(
            from: RecipeDecoder(node: node.merged(over: Self.node(of: Part())), notes: notes, name: name))
        do { try part.validate() } catch {
            throw LineFault(error.key.flatMap { node[$0]?.line } ?? node.line, error.fault, remedy: error.remedy)
        }
        return part
    }

    /// A value as if a file had it: JSON is YAML.
    private static func node(of value: some Encodable) throws -> RecipeNode {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .withoutEscapingSlashes
        return try RecipeNode(parsing: String(decoding: encoder.encode(value), as: UTF8.self))
    }

    private static func names<Choice: CaseIterable & RawRepresentable>(_: Choice.Type) -> [String] {
        Choice.allCases.map { "\($0.rawValue)" }
    }

    private func check(among choices: [String]) throws(LineFault) {
        guard case .scalar(let text, _) = node.content, choices.contains(text) else {
            var nearest: String?
            if case .scalar(let text, _) = node.content { nearest = NearestName.of(text, among: choices) }
            throw fault("one of " + choices.joined(separator: ", "), nearest: nearest)
        }
    }

    /// That the value is not what is accepted.
    fileprivate func fault(_ accepted: String, nearest: String? = nil) -> LineFault {
        let found =
            switch node.content {
            case .scalar(let text, let isPlain):
                node.isNull ? "nothing" : isPlain ? text.quoted : "the text " + text.quoted
            case .sequence: "a list"
            case .mapping: "a mapping"
            }
        return LineFault(
            node.line, (name.isEmpty ? "the recipe" : "'\(name)'") + " is \(found)",
            remedy: "accepted is \(accepted)" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
    }
}

extension RecipeDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { node.isNull }

    func decode(_: Bool.Type) throws -> Bool {
        switch plain {
        case "true": return true
        case "false": return false
        default: throw fault("true or false")
        }
    }

    func decode(_: String.Type) throws -> String {
        guard case .scalar(let text, _) = node.content, !node.isNull else { throw fault("a text") }
        return text
    }

    func decode(_: Double.Type) throws -> Double { try number(Double.init, \.isFinite) }
    func decode(_: Float.Type) throws -> Float { try number(Float.init, \.isFinite) }
    func decode(_: Int.Type) throws -> Int { try integer() }
    func decode(_: Int8.Type) throws -> Int8 { try integer() }
    func decode(_: Int16.Type) throws -> Int16 { try integer() }
    func decode(_: Int32.Type) throws -> Int32 { try integer() }
    func decode(_: Int64.Type) throws -> Int64 { try integer() }
    func decode(_: UInt.Type) throws -> UInt { try integer() }
    func decode(_: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_: UInt64.Type) throws -> UInt64 { try integer() }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try value(type) }

    /// A text without quotes; `_` may stand between its digits.
    private var plain: String? {
        guard case .scalar(let text, isPlain: true) = node.content else { return nil }
        return text
    }

    private var digits: String? {
        guard let plain, let first = plain.first(where: { $0 != "-" && $0 != "+" }), first.isNumber || first == ".",
            !plain.contains("x")
        else { return nil }
        return plain.filter { $0 != "_" }
    }

    private func number<Number>(_ parse: (String) -> Number?, _ isAccepted: (Number) -> Bool) throws -> Number {
        guard let number = digits.flatMap(parse), isAccepted(number) else { throw fault("a number") }
        return number
    }

    private func integer<Integer: FixedWidthInteger>() throws -> Integer {
        guard let integer = digits.flatMap({ Integer($0) }) else {
            throw fault("a whole number from \(Integer.min) to \(Integer.max)")
        }
        return integer
    }
}

/// The keys of a mapping.
private struct RecipeMapping<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RecipeDecoder
    /// Of the mapping among the notes.
    let index: Int
    var codingPath: [any CodingKey] { [] }

    var allKeys: [Key] {
        decoder.notes.mappings[index].isOpen = true
        return (decoder.node.entries ?? []).compactMap { Key(stringValue: $0.key) }
    }

    private func name(_ key: some CodingKey) -> String {
        decoder.notes.mappings[index].isOpen ? key.stringValue : key.stringValue.inSnakeCase
    }

    private func entry(_ key: some CodingKey) -> RecipeNode.Entry? {
        let name = name(key)
        decoder.notes.mappings[index].asked.append(name)
        return decoder.node[name]
    }

    private func present(_ key: some CodingKey) throws -> RecipeDecoder {
        if let entry = entry(key) { return RecipeDecoder(node: entry.value, notes: decoder.notes, name: entry.key) }
        // A key that was written wrongly says more than that one is missing.
        let name = name(key)
        let asked = decoder.notes.mappings[index].asked
        for entry in decoder.node.entries ?? []
        where !asked.contains(entry.key) && NearestName.of(entry.key, among: [name]) != nil {
            throw RecipeDecoder.Notes.unknown(entry, known: [name])
        }
        throw LineFault(
            decoder.node.line, "the key '\(name)' is missing" + (decoder.name.isEmpty ? "" : " in '\(decoder.name)'"))
    }

    func contains(_ key: Key) -> Bool { entry(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try present(key).decodeNil() }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try present(key).decode(type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try present(key).decode(type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try present(key).decode(type) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try present(key).decode(type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try present(key).decode(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try present(key).decode(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try present(key).decode(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try present(key).decode(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try present(key).decode(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try present(key).decode(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try present(key).decode(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try present(key).decode(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try present(key).decode(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try present(key).decode(type) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try present(key).value(type) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
        -> KeyedDecodingContainer<Nested>
    {
        try present(key).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try present(key).unkeyedContainer()
    }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { try present(key) }
}

/// The elements of a list.
private struct RecipeSequence: UnkeyedDecodingContainer {
    let decoder: RecipeDecoder
    let nodes: [RecipeNode]
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { nodes.count }
    var isAtEnd: Bool { currentIndex >= nodes.count }

    init(decoder: RecipeDecoder, nodes: [RecipeNode]) {
        self.decoder = decoder
        self.nodes = nodes
    }

    private mutating func next() throws -> RecipeDecoder {
        guard !isAtEnd else { throw LineFault(decoder.node.line, "'\(decoder.name)' has only \(nodes.count) elements") }
        defer { currentIndex += 1 }
        return RecipeDecoder(node: nodes[currentIndex], notes: decoder.notes, name: "\(decoder.name)[\(currentIndex)]")
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, nodes[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().value(type) }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    {
        try next().container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }
}

extension String {
    /// `batchSize` as `batch_size`.
    var inSnakeCase: String {
        reduce(into: "") { text, letter in text += letter.isUppercase ? "_" + letter.lowercased() : String(letter) }
    }
}
