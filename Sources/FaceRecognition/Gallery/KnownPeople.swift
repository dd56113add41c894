internal import Streams

/// Faces whose people are known, to name others by.
package struct KnownPeople: Sendable {
    /// Who a face is most like.
    package struct Match: Hashable, Sendable {
        package var name: String
        package var distance: Double
    }

    private var matrix: EmbeddingMatrix?
    private var names: [String] = []

    package init() {}

    package var count: Int { names.count }

    /// Adds a face; of embeddings of different lengths those like the first are kept.
    package mutating func append(_ name: String, _ embedding: [Float]) {
        if matrix == nil { matrix = EmbeddingMatrix(length: embedding.count) }
        guard matrix?.length == embedding.count else { return }
        matrix?.append(embedding)
        names.append(name)
    }

    /// The known face that is nearest; nil where none is known, or its embeddings have another length.
    package func nearest(to embedding: [Float]) -> Match? {
        guard matrix?.length == embedding.count, let distances = matrix?.distances(from: embedding) else { return nil }
        var best: (row: Int, distance: Float)?
        for (row, distance) in distances.enumerated() where distance < best?.distance ?? .infinity {
            best = (row, distance)
        }
        return best.map { Match(name: names[$0.row], distance: Double($0.distance)) }
    }
}

extension KnownPeople {
    /// The people of a gallery who have names.
    package init(_ gallery: Gallery) throws {
        let names = Dictionary(uniqueKeysWithValues: try gallery.people().map { ($0.id, $0.name) })
        for face in try gallery.faces() {
            if let person = face.person, let name = names[person] ?? nil { append(name, face.embedding) }
        }
    }

    /// The name that a photo in a folder of known people goes by: the sub-folder's that it is in, or else the file's without
    /// its ending.
    package static func name(ofPhoto path: String, in folder: String) -> String {
        let inside = path.dropFirst(folder.count).split(separator: "/")
        guard inside.count < 2 else { return String(inside[0]) }
        let file = inside.first.map(String.init) ?? path
        return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    }
}
