import Foundation

/// A Swift file of this package, line by line.
struct SourceFile {
    /// From the package's root: `Sources/Engine/Shape.swift`.
    let path: String
    let lines: [String]

    /// The folder of this package.
    static let root = #filePath.components(separatedBy: "/").dropLast(3).joined(separator: "/")

    /// The folder in `Sources`, which is the module.
    var room: String { path.components(separatedBy: "/")[1] }

    /// The lines without comments and what stands in quotes, with their numbers.
    var code: [(number: Int, text: String)] {
        var isText = false
        return lines.enumerated().map { index, line in
            // A text of several lines begins and ends with three quotes.
            let marks = line.components(separatedBy: "\"\"\"").count - 1
            if isText || marks > 0 {
                let text = isText ? "" : line.components(separatedBy: "\"\"\"")[0]
                if marks % 2 == 1 { isText.toggle() }
                return (index + 1, text)
            }
            return (index + 1, Self.withoutTexts(line))
        }
    }

    private static func withoutTexts(_ line: String) -> String {
        var code = "", isQuoted = false, previous: Character = " "
        for character in line {
            if character == "\"", previous != "\\" {
                isQuoted.toggle()
            } else if !isQuoted {
                if character == "/", previous == "/" { return String(code.dropLast()) }
                code.append(character)
            }
            previous = previous == "\\" && character == "\\" ? " " : character
        }
        return code
    }

    /// All files under `Sources` that people wrote.
    static let all: [SourceFile] = {
        let files = FileManager.default.enumerator(atPath: root + "/Sources")?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }.sorted().compactMap { file in
            guard let text = try? String(contentsOfFile: root + "/Sources/" + file, encoding: .utf8) else { return nil }
            return SourceFile(path: "Sources/" + file, lines: text.components(separatedBy: "\n"))
        }
    }()
}
