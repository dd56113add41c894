import ArgumentParser
import Engine
import Foundation

/// Whole files that can be read, by the reader that they are for, and what is made of them.
struct Corpus {
    private var samples: [Reader: [[UInt8]]] = [:]

    /// Larger ones are left out, for each input is a changed copy of one.
    private static let largest = 2 << 20

    /// - Throws: `ValidationError` where nothing is there that a reader is for.
    init(of paths: [String]) throws {
        for path in paths.flatMap(Self.files) {
            guard let reader = Reader(rawValue: URL(fileURLWithPath: path).pathExtension),
                let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)), bytes.count <= Self.largest,
                // What is refused as it is, a model of operators that are not supported say, is refused when it is damaged too.
                (try? reader.read(path)) != nil
            else { continue }
            samples[reader, default: []].append([UInt8](bytes))
        }
        guard !samples.isEmpty else { throw ValidationError("no samples in \(paths.joined(separator: ", "))") }
    }

    /// The files of a folder and the folders in it, by name.
    private static func files(_ path: String) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return [path] }
        return names.sorted().flatMap { files(path + "/" + $0) }
    }

    /// A damaged sample and the reader that it is for; models more often than others.
    func damaged(_ random: inout RandomStream) -> (Reader, [UInt8]) {
        let readers = Reader.allCases.filter { samples[$0] != nil }
        let reader = samples[.onnx] != nil && random.integer(in: 0...1) == 0 ? .onnx : random.element(of: readers)
        let own = samples[reader] ?? []
        let whole = random.element(of: own), other = random.element(of: own)
        var bytes = whole
        if reader == .onnx, random.integer(in: 0...3) > 0, var message = WireMessage(parsing: whole) {
            let donor = WireMessage(parsing: other) ?? message
            for _ in 0...random.integer(in: 0...3) { message.damage(&random, donor: donor) }
            bytes = message.bytes
            if random.integer(in: 0...3) > 0 { return (reader, bytes) }
        }
        for _ in 0...random.integer(in: 0...4) {
            Damage.allCases[random.integer(in: 0...Damage.allCases.count - 1)].apply(&bytes, other, reader, &random)
        }
        return (reader, bytes)
    }
}

extension RandomStream {
    /// - Precondition: there is one.
    mutating func element<Element>(of elements: [Element]) -> Element { elements[integer(in: 0...elements.count - 1)] }

    /// A place in so many bytes, the end included; often near the beginning, where headers are.
    mutating func place(in count: Int) -> Int {
        integer(in: 0...(integer(in: 0...1) == 0 ? min(count, 256) : count))
    }
}
