import Foundation
import Testing

/// What the sources keep to, line by line; a heading of each finding is its file and line.
@Suite struct HouseRuleTests {
    /// Who may import whom, beside what Swift brings. A room imports only rooms above it, so there are no circles.
    private static let imports: [(room: String, may: Set<String>)] = [
        ("Kernels", ["CKernels", "COpenBLAS"]),
        ("Engine", ["Kernels"]),
        ("NeuralNetworks", ["Engine", "Kernels"]),
        ("ModelFiles", ["Engine", "SwiftProtobuf"]),
        ("Progress", []),
        ("Audio", ["CSndfile", "CSamplerate", "CKissFFT", "Engine"]),
        ("Streams", ["CZlib"]),
        ("Text", ["Streams", "CUTF8Proc"]),
        ("Tables", ["Streams"]),
        ("Images", ["Streams", "CPNG", "CTurboJPEG", "CWebP", "CHEIF"]),
        ("Charts", ["CCairo", "Streams"]),
        ("LineEditing", ["CEdit"]),
        ("Terminal", ["Progress", "ArgumentParser"]),
        ("Pipelines", ["NeuralNetworks", "ModelFiles", "Engine", "Progress", "Charts", "Yams"]),
        (
            "FraudDetection",
            [
                "Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Tables", "Streams", "Charts",
                "GRDB",
                "CFraudModel",
            ]
        ),
        (
            "FaceRecognition",
            [
                "Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Tables", "Charts", "Images",
                "Streams",
                "GRDB", "CXXHash",
            ]
        ),
        ("ModelInspection", ["NeuralNetworks", "ModelFiles", "Engine", "Progress", "Charts"]),
        (
            "SpeechRecognition",
            ["Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Audio", "Charts", "CKeywordModel"]
        ),
        ("engram", ["ModelInspection", "ModelFiles", "Engine", "Charts", "Terminal", "ArgumentParser"]),
        (
            "keyword-transcribe",
            ["SpeechRecognition", "Pipelines", "ModelFiles", "Engine", "Progress", "Terminal", "ArgumentParser"]
        ),
        (
            "face-match",
            [
                "FaceRecognition", "Pipelines", "ModelFiles", "Engine", "Progress", "Images", "Tables", "Streams",
                "Terminal", "ArgumentParser",
            ]
        ),
        (
            "fraud-score",
            [
                "FraudDetection", "Pipelines", "ModelFiles", "Engine", "Progress", "Tables", "Streams", "Terminal",
                "ArgumentParser",
            ]
        ),
        (
            "Chatbot",
            ["Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Text", "Streams", "CChatModel"]
        ),
        (
            "char-chat",
            [
                "Chatbot", "Pipelines", "ModelFiles", "Engine", "Progress", "Text", "Streams", "LineEditing",
                "Terminal", "ArgumentParser",
            ]
        ),
    ]
    private static let system: Set<String> = [
        "Glibc", "Foundation", "FoundationEssentials", "Dispatch", "Synchronization",
    ]

    /// The binding of each C library and of a shipped model, and what opens files: the only files outside Kernels that say `unsafe`.
    private static let bindings: Set<String> = [
        "Sources/Audio/Descriptor.swift", "Sources/Audio/RealFFT.swift", "Sources/Audio/Resampler.swift",
        "Sources/Audio/SoundFile.swift", "Sources/Charts/Canvas.swift",
        "Sources/Chatbot/Model/EmbeddedModel+Chat.swift", "Sources/FraudDetection/Model/EmbeddedModel+Fraud.swift",
        "Sources/FaceRecognition/Gallery/ContentHash.swift", "Sources/Images/Formats/HEIFFile.swift",
        "Sources/Images/Formats/JPEGFile.swift",
        "Sources/Images/Formats/PNGFile.swift", "Sources/Images/Formats/WebPFile.swift",
        "Sources/LineEditing/EditLine.swift", "Sources/LineEditing/Signals.swift",
        "Sources/LineEditing/SystemCalls.swift", "Sources/ModelFiles/Files/OpenFile.swift",
        "Sources/SpeechRecognition/Model/EmbeddedModel+Keywords.swift", "Sources/Terminal/SystemCalls.swift",
        "Sources/Streams/ByteStream.swift", "Sources/Streams/LiveLines.swift", "Sources/Streams/WholeFile.swift",
        "Sources/Text/String+Composed.swift",
    ]

    @Test("there are sources to look at") func sources() { #expect(SourceFile.all.count > 100) }

    @Test("a room imports only what it may") func layering() throws {
        let importing = try Regex(
            #"^\s*(?:@\w+ )*(?:(?:public|package|internal|private|fileprivate) )?import (?:(?:struct|class|enum|protocol|func|typealias|var|let) )?(\w+)"#
        )
        let table = Dictionary(uniqueKeysWithValues: Self.imports.map { ($0.room, $0.may) })
        for file in SourceFile.all {
            let allowed = try #require(table[file.room], "\(file.path): the room is not in the table")
            for (number, line) in file.code {
                guard let module = line.firstMatch(of: importing)?.output[1].substring.map(String.init) else {
                    continue
                }
                if !allowed.contains(module), !Self.system.contains(module) {
                    Issue.record("\(file.path):\(number): \(file.room) may not import \(module)")
                }
            }
        }
    }

    @Test("each folder of tests is a target, so that its tests run") func testTargets() throws {
        let package = try String(contentsOfFile: SourceFile.root + "/Package.swift", encoding: .utf8)
        for folder in try FileManager.default.contentsOfDirectory(atPath: SourceFile.root + "/Tests") {
            guard folder.hasSuffix("Tests") else { continue }
            let isTarget =
                package.contains("tests(of: \"\(folder.dropLast(5))\"")
                || package.contains("tests(\n            of: \"\(folder.dropLast(5))\"")
                || package.contains("name: \"\(folder)\"")
            #expect(isTarget, "\(folder) is no target of Package.swift")
        }
    }

    @Test("the table of rooms has no circle") func noCircles() {
        let rooms = Set(Self.imports.map(\.room))
        var above: Set<String> = []
        for (room, may) in Self.imports {
            #expect(may.intersection(rooms).subtracting(above) == [], "\(room) imports a room that stands below it")
            above.insert(room)
        }
    }

    @Test("unsafe code stands in Kernels and in the files that bind a C library") func unsafeCode() throws {
        let word = try Regex(#"\bunsafe\b|\bUnsafe"#)
        let saying = SourceFile.all.filter { file in
            file.room != "Kernels" && file.code.contains { $0.text.contains(word) }
        }
        #expect(Set(saying.map(\.path)).subtracting(Self.bindings) == [])
        #expect(Self.bindings.subtracting(saying.map(\.path)) == [], "needs no place in the list any more")
    }

    @Test("nothing traps on what a user gives: no try!, as!, fatalError, forced unwrapping") func noTraps() throws {
        let trap = try Regex(#"\btry!|\bas!|\bfatalError\b|[\w\)\]]!(?!=)"#)
        for file in SourceFile.all {
            for (number, line) in file.code where line.contains(trap) {
                Issue.record("\(file.path):\(number): \(line.trimmingPrefix(while: \.isWhitespace))")
            }
        }
    }

    @Test("what is public has a comment") func documentation() throws {
        let declaration = try Regex(
            #"^\s*(?:@\w+(?:\([^)]*\))? )*public (?!import )(?:\w+(?:\(set\))? )*?(?:func|var|let|init|struct|enum|final class|class|protocol|typealias|subscript)\b ?([\w=<>]*)"#
        )
        for file in SourceFile.all {
            for (index, line) in file.lines.enumerated() {
                guard let match = line.firstMatch(of: declaration) else { continue }
                let name = match.output[1].substring.map(String.init) ?? ""
                if Self.witnesses.contains(name) || line.contains("init(") && Self.needsNoWords(line) { continue }
                if file.path.hasPrefix("Sources/Engine/Operators/"),
                    Self.operatorWitnesses.contains(name) || line.contains(" init(")
                {
                    continue
                }
                if file.path.hasPrefix("Sources/NeuralNetworks/Layers/"), ["kind", "append"].contains(name) {
                    continue
                }
                var above = index - 1
                while above >= 0, file.lines[above].trimmingPrefix(while: \.isWhitespace).hasPrefix("@") { above -= 1 }
                if above < 0 || !file.lines[above].trimmingPrefix(while: \.isWhitespace).hasPrefix("///") {
                    Issue.record("\(file.path):\(index + 1): \(line.trimmingPrefix(while: \.isWhitespace))")
                }
            }
        }
    }

    /// What the standard library's protocols ask for, and the calls that a result builder stands for.
    private static let witnesses: Set<String> = [
        "description", "==", "<", "hash", "startIndex", "endIndex", "errorDescription", "buildExpression", "buildBlock",
        "buildOptional",
        "buildEither", "buildArray",
    ]
    /// What `Operator` asks for.
    private static let operatorWitnesses: Set<String> = [
        "name", "infer", "schedule", "differentiate", "placement", "channelsLast", "multiplyAdds", "weightAxis",
        "takesNarrow", "packs",
        "dependsOnTypesOnly", "keepsRowsApart",
    ]

    /// An initialiser without parameters, or of a literal.
    private static func needsNoWords(_ line: String) -> Bool { line.contains("init()") || line.contains("Literal ") }
}
