package import Streams
internal import Tables

/// Pairs of photos, and whether each shows one person: a CSV file with the columns `left`, `right`, `same`, and `fold` where
/// there is one.
package struct PhotoPairs: Sendable {
    /// Two photos, by their numbers in ``PhotoPairs/photos``.
    package struct Pair: Hashable, Sendable {
        package var left: Int
        package var right: Int
        package var isSame: Bool
        package var fold: String?
    }

    /// Paths, each once, in the order in which they come.
    package private(set) var photos: [String] = []
    package private(set) var pairs: [Pair] = []

    /// - Parameters:
    ///   - path: the file; `-` is standard input.
    ///   - root: what relative paths in it begin at.
    /// - Throws: `InputError` that names the line.
    package init(contentsOf path: String, root: String) throws(InputError) {
        var reader = try CSVReader(path: path)
        let left = try reader.column("left"), right = try reader.column("right"), same = try reader.column("same")
        let fold = reader.header.contains("fold") ? try reader.column("fold") : nil
        var numbers: [String: Int] = [:]
        func number(_ name: String) -> Int {
            if let known = numbers[name] { return known }
            photos.append(name.hasPrefix("/") ? name : root + "/" + name)
            numbers[name] = photos.count - 1
            return photos.count - 1
        }
        let name = path == "-" ? "standard input" : path
        while try reader.next() {
            if let fault = reader.fault { throw InputError(name, line: reader.line, fault) }
            do throws(FieldFault) {
                let answer = try reader.text(same)
                guard ["0", "1"].contains(answer) else { throw FieldFault("same is '\(answer)'; it can be 0 or 1") }
                pairs.append(
                    Pair(
                        left: number(try reader.text(left)), right: number(try reader.text(right)),
                        isSame: answer == "1",
                        fold: try fold.map { column throws(FieldFault) in try reader.text(column) }))
            } catch { throw InputError(name, line: reader.line, error.text) }
        }
        guard !pairs.isEmpty else { throw InputError(name, "no pairs behind the header") }
    }
}
