/// Names of files for names inside a model, which are a stranger's texts and never paths.
///
/// ```swift
/// var names = FileNames()
/// names.name(for: "encoder/out:0")    // "encoder_out_0"
/// names.name(for: "encoder_out_0")    // "encoder_out_0-2"
/// ```
package struct FileNames {
    private var taken: Set<String> = []

    package init() {}

    /// A name that was not given before: letters, digits, `.`, `-`, `_` stay, everything else becomes `_`, as a dot at the beginning does.
    package mutating func name(for text: String) -> String {
        var base = ""
        for scalar in text.unicodeScalars.prefix(Self.longest) {
            let isKept =
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "-_".unicodeScalars.contains(scalar)
                || (scalar == "." && !base.isEmpty)
            base.unicodeScalars.append(isKept ? scalar : "_")
        }
        if base.isEmpty { base = "_" }
        var name = base, number = 1
        // Some file systems take capitals and small letters for the same.
        while !taken.insert(name.lowercased()).inserted {
            number += 1
            name = "\(base)-\(number)"
        }
        return name
    }

    /// Scalars of a name: names of 255 bytes are what file systems have.
    private static let longest = 50
}
