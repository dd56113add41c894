import Engine
import Foundation
import ModelInspection
import Testing

/// The node tests of the onnx package, which `tools/node-tests` makes.
@Suite struct NodeTests {
    private static let folder =
        (ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache")
        + "/engram/node-tests-1.23.2"
    private static let list =
        #filePath.components(separatedBy: "/").dropLast().joined(separator: "/")
        + "/Goldens/node-tests.tsv"

    @Test(
        "every node test of onnx passes, but for those in the list",
        .enabled(if: FileManager.default.fileExists(atPath: folder), "tools/node-tests has not made them"))
    func nodeTests() throws {
        var listed: [String: String] = [:]
        for line in try String(contentsOfFile: Self.list, encoding: .utf8).split(separator: "\n")
        where !line.hasPrefix("#") {
            let parts = line.split(separator: "\t", maxSplits: 2).map(String.init)
            try #require(parts.count == 3 && !parts[2].isEmpty, "no name, outcome and reason: \(line)")
            #expect(listed.updateValue(parts[1], forKey: parts[0]) == nil, "\(parts[0]) is there twice")
        }
        for test in try BackendTest.tests(in: Self.folder) {
            let entry = listed.removeValue(forKey: test.name)
            switch test.run(options: Model.Options(threads: 1)) {
            case .passed: #expect(entry == nil, "\(test.name) passes; tools/node-tests --list makes the list anew")
            case .failed(let fault): #expect(entry == "failed", "\(test.name) failed: \(fault)")
            case .unsupported(let fault): #expect(entry == "unsupported", "\(test.name) is unsupported: \(fault)")
            }
        }
        #expect(listed.isEmpty, "there are no such tests")
    }
}
