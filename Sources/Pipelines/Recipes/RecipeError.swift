/// What is wrong with a recipe.
///
/// ```swift
/// RecipeError("base.yaml", line: 12, "unknown key 'treshold'", remedy: "did you mean 'threshold'?").description
/// // base.yaml:12: unknown key 'treshold'; did you mean 'threshold'?
/// ```
package struct RecipeError: Error, Hashable, CustomStringConvertible {
    /// The path as it was given.
    package var file: String
    /// Counted from 1; nil where the whole file is at fault.
    package var line: Int?
    /// What is wrong there, with what was found.
    package var fault: String
    /// What is accepted, or can be done.
    package var remedy: String?

    package init(_ file: String, line: Int? = nil, _ fault: String, remedy: String? = nil) {
        self.file = file
        self.line = line
        self.fault = fault
        self.remedy = remedy
    }

    /// File, line, fault and remedy in one line.
    package var description: String {
        file + (line.map { ":\($0)" } ?? "") + ": " + fault + (remedy.map { "; " + $0 } ?? "")
    }
}

/// A fault of a part of a recipe, found where file and line are not known; the reader adds them.
package struct RecipeFault: Error, Hashable {
    /// The key as it stands in the file; nil where the part as a whole is at fault.
    package var key: String?
    package var fault: String
    package var remedy: String?

    package init(_ key: String? = nil, _ fault: String, remedy: String? = nil) {
        self.key = key
        self.fault = fault
        self.remedy = remedy
    }

    /// A value that is not accepted.
    package init(_ key: String, is value: some CustomStringConvertible, accepted: String) {
        self.init(key, "'\(key)' is \(value)", remedy: "accepted \(accepted)")
    }
}

/// A fault at a line of a file whose name is not known.
struct LineFault: Error {
    var line: Int?
    var fault: String
    var remedy: String?

    init(_ line: Int?, _ fault: String, remedy: String? = nil) {
        self.line = line
        self.fault = fault
        self.remedy = remedy
    }
}
