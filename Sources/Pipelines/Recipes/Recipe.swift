import ModelFiles

/// A recipe as it was read: what it says, and its text, which a run keeps.
///
/// ```swift
/// let recipe = try Recipe.read("pipelines/digits.yaml", as: DigitsRecipe.self)
/// let other = try recipe.overriding("training.seed", with: "3")
/// let training = try recipe.content.training.training(network, input: [1, 28, 28], examples: digits.count)
/// ```
package struct Recipe<Content: RecipePart>: Sendable {
    /// The path as it was given.
    package let path: String
    /// The file's text, byte for byte, and behind it what was overridden; itself a recipe that says the same.
    package let text: String
    package let content: Content
    /// The finished model that the training starts from, as the recipe of a run has it; nil where it starts anew.
    package let start: StartingPoint?

    /// The file's name without its ending: `digits` of `pipelines/digits.yaml`.
    package var name: String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return [".yaml", ".yml"].first(where: file.hasSuffix).map { String(file.dropLast($0.count)) } ?? file
    }

    /// Reads a recipe.
    ///
    /// - Throws: `RecipeError` that names file and line where a key is unknown, a value is of a wrong type or out of range, or the file is
    ///   no YAML; `ModelFileError` where it cannot be read.
    package static func read(_ path: String, as type: Content.Type) throws -> Recipe {
        let bytes = try FileBytes.read(path, limit: RecipeNode.Limits.byteCount)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RecipeError(path, "not a text in UTF-8")
        }
        return try Recipe(text, path: path)
    }

    /// A recipe from its text; errors name the path.
    package init(_ text: String, path: String) throws {
        self.path = path
        self.text = text
        do { (content, start) = try Self.parts(of: text) } catch let fault as LineFault {
            throw RecipeError(path, line: fault.line, fault.fault, remedy: fault.remedy)
        } catch let error as DecodingError {
            throw RecipeError(path, "\(error)")
        }
    }

    /// The key under which a run's recipe says what was overridden, by paths of keys.
    private static var overridesKey: String { "overrides" }
    /// The key under which it says what the training started from.
    private static var startKey: String { "from" }

    private static func parts(of text: String) throws -> (content: Content, start: StartingPoint?) {
        var root = try RecipeNode(parsing: text)
        let notes = RecipeDecoder.Notes()
        let overrides = root.remove(overridesKey)
        let start = try root.remove(startKey).map {
            try RecipeDecoder(node: $0.value, notes: notes, name: startKey).value(StartingPoint.self)
        }
        if let overrides {
            for override in overrides.value.entries ?? [] {
                try root.set(override.key.split(separator: ".", omittingEmptySubsequences: false), to: override.value)
            }
        }
        let content = try RecipeDecoder(node: root, notes: notes, name: "").value(Content.self)
        try notes.refuseUnknownKeys()
        return (content, start)
    }

    /// The recipe with the finished model that its training starts from.
    ///
    /// - Throws: `RecipeError` where it says another one.
    package func starting(from start: StartingPoint) throws -> Recipe {
        if let own = self.start {
            guard own == start else {
                throw RecipeError(path, "it starts from \(own), not from \(start)", remedy: "leave --from away")
            }
            return self
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        let overrides = (try? RecipeNode(parsing: text))?[Self.overridesKey]
        lines.insert(start.line, at: overrides.map { $0.line - 1 } ?? lines.count)
        return try Recipe(lines.joined(separator: "\n") + "\n", path: path)
    }

    /// The recipe with another value for a key, as an option of a command has it; nil leaves it as it is.
    ///
    /// - Parameters:
    ///   - key: the path of keys, `training.seed`.
    ///   - value: as YAML has it.
    /// - Throws: `RecipeError` where there is no such key or it cannot have the value.
    package func overriding(_ key: String, with value: String?) throws -> Recipe {
        guard let value else { return self }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        var overrides: [(key: String, value: String)] = []
        let root = try? RecipeNode(parsing: text)
        if let known = root?[Self.overridesKey] {
            lines = Array(lines.prefix(known.line - 1))
            for entry in known.value.entries ?? [] {
                if case .scalar(let text, _) = entry.value.content { overrides.append((entry.key, text)) }
            }
        }
        overrides.removeAll { $0.key == key }
        overrides.append((key, value))
        let added = ["\(Self.overridesKey):"] + overrides.map { "  \($0.key): \($0.value)" }
        return try Recipe((lines + added).joined(separator: "\n") + "\n", path: path)
    }
}
