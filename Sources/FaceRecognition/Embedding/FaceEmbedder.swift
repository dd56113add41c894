package import Engine
package import Images

/// Makes numbers of faces, which are near one another where the faces are one person's.
package struct FaceEmbedder: Sendable {
    /// What is averaged, from the fastest to the best.
    package enum Quality: String, CaseIterable, Sendable {
        /// One chip.
        case fast
        /// It and its mirror image.
        case `default`
        /// Chips by two kinds of landmarks, and their mirror images.
        case best
    }

    private let model: Model
    /// The names of the network's input and output, and how many pictures it takes at a time; nil for any number.
    private let input: String
    let outputName: String
    private let batch: Int?
    /// Of a network that takes any number so many pictures go through it at a time, so that memory stays small.
    private static let mostChips = 32
    let pixels: PixelRange
    package let aligner: FaceAligner
    package let quality: Quality
    /// What is known of distances; nil where nothing is.
    package let calibration: Calibration?
    /// What the network says of itself.
    package let metadata: EmbedderMetadata?

    /// - Parameters:
    ///   - model: one input [batch, 3, side, side]; its output `embedding`, or else its first one, is [batch, length].
    ///   - predictor: finds the landmarks that chips of dlib's kind are aligned by.
    ///   - template: nil for what the network says, or dlib's.
    ///   - pixels: nil for what the network says, or bytes.
    ///   - calibration: nil for what the network says.
    /// - Throws: `GraphError` where the network has another input or output.
    init(
        _ model: Model, predictor: ShapePredictor?, quality: Quality = .default, template: FaceAligner.Template? = nil,
        pixels: PixelRange? = nil, calibration: Calibration? = nil
    ) throws(GraphError) {
        let graph = model.graph
        metadata = try EmbedderMetadata(graph)
        guard graph.inputs.count == 1, let port = graph.inputs.first, port.dimensions.count == 4,
            let output = graph.outputs.first(where: { $0.name == EmbedderMetadata.output }) ?? graph.outputs.first,
            graph.type(of: output.value).shape.rank == 2,
            graph.type(of: port.value).elementType == .f32
        else { throw GraphError(fault: "not a network of one picture [batch, 3, side, side] to numbers [batch, n]") }
        let sizes = port.dimensions.map { dimension in
            if case .fixed(let size) = dimension { size } else { nil as Int? }
        }
        let side = sizes[2] ?? sizes[3]
        guard sizes[1] ?? 3 == 3, sizes[2] ?? side == side, sizes[3] ?? side == side, 8...4_096 ~= side ?? 8 else {
            throw GraphError(
                fault:
                    "its pictures are \(port.dimensions), where they are square, of three colours, and of 8 to 4096 pixels a side"
            )
        }
        aligner = FaceAligner(template ?? metadata?.template ?? .dlib150, side: side, predictor: predictor)
        batch = sizes[0]
        (input, outputName) = (graph[port.value].name, output.name)
        (self.model, self.quality) = (model, quality)
        self.pixels = pixels ?? metadata?.pixels ?? .bytes
        self.calibration = calibration ?? metadata?.calibration
    }

    /// Numbers of a vector; nil where they may depend on the picture's size.
    private var length: Int? {
        let graph = model.graph
        guard let input = graph.inputs.first, let output = graph.outputs.first(where: { $0.name == outputName }),
            input.dimensions.dropFirst().allSatisfy({ if case .fixed = $0 { true } else { false } })
        else { return nil }
        return graph.type(of: output.value).shape[1]
    }

    /// The network.
    var graph: Graph { model.graph }

    /// The people that the network itself tells apart; nil where it does not.
    ///
    /// - Throws: `GraphError` where it says so and has none.
    package func people() throws(GraphError) -> KnownPeople? {
        guard let metadata, !metadata.people.isEmpty else { return nil }
        var known = KnownPeople()
        let directions = try metadata.directions(in: model.graph)
        if let length = directions.first?.count, let own = self.length, length != own {
            throw GraphError(fault: "its directions have \(length) numbers where its vectors have \(own)")
        }
        for (name, direction) in zip(metadata.people, directions) {
            known.append(name, direction)
        }
        return known
    }

    /// A vector of length 1 for each face.
    ///
    /// - Returns: nil for a face whose landmarks are all in one place.
    package func embeddings(of faces: [Face], in image: Image) throws -> [[Float]?] {
        var chips: [Image] = [], counts: [Int] = []
        for face in faces {
            let own = self.chips(of: face, in: image)
            counts.append(own.count)
            chips += own
        }
        var vectors = try vectors(of: chips)[...]
        return counts.map { count in
            defer { vectors = vectors.dropFirst(count) }
            return count == 0 ? nil : Self.direction(of: vectors.prefix(count))
        }
    }

    /// A vector of length 1 for each picture, which is a chip already.
    package func embeddings(ofAligned images: [Image]) throws -> [[Float]] {
        let chips = images.map(aligner.chip(ofAligned:)).map { quality == .fast ? [$0] : [$0, $0.mirrored] }
        var vectors = try vectors(of: chips.flatMap { $0 })[...]
        return chips.map { chips in
            defer { vectors = vectors.dropFirst(chips.count) }
            return Self.direction(of: vectors.prefix(chips.count))
        }
    }

    /// What is averaged for a face.
    package func chips(of face: Face, in image: Image) -> [Image] {
        guard let chip = aligner.chip(of: face, in: image) else { return [] }
        switch quality {
        case .fast: return [chip]
        case .default: return [chip, chip.mirrored]
        case .best:
            guard let other = aligner.otherChip(of: face, in: image) else { return [chip, chip.mirrored] }
            return [chip, chip.mirrored, other, other.mirrored]
        }
    }

    /// The network's numbers of chips, as they are.
    package func vectors(of chips: [Image]) throws -> [[Float]] {
        var vectors: [[Float]] = []
        let most = max(batch ?? Self.mostChips, 1)
        for start in stride(from: 0, to: chips.count, by: most) {
            var part = Array(chips[start..<min(start + most, chips.count)])
            let count = part.count
            // A network of a fixed batch gets the last chip again.
            if let batch, let last = part.last { part += Array(repeating: last, count: batch - count) }
            var planes = Image.planes(of: part)
            if pixels != .bytes { for place in planes.indices { planes[place] = pixels.value(planes[place]) } }
            let shape: Shape = [part.count, 3, part[0].height, part[0].width]
            guard let result = try model.run([input: Tensor(planes, shape: shape)])[outputName] else { return [] }
            let length = result.shape[1], numbers = result.floats
            vectors += (0..<count).map { Array(numbers[($0 * length)..<(($0 + 1) * length)]) }
        }
        return vectors
    }

    /// The sum of vectors, at a length of 1.
    static func direction(of vectors: some Collection<[Float]>) -> [Float] {
        var sum = [Float](repeating: 0, count: vectors.first?.count ?? 0)
        for vector in vectors { for place in sum.indices { sum[place] += vector[place] } }
        let length = sum.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        return length > 0 ? sum.map { Float(Double($0) / length) } : sum
    }
}

// MARK: - Distances

extension FaceEmbedder {
    /// How far two vectors of length 1 are from each other, from 0 to 2.
    package static func distance(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }.squareRoot()
    }
}

extension FaceEmbedder.Quality {
    /// What embeddings are made by; those of different ones cannot be compared.
    package var encoding: String { "dlib resnet 1, \(rawValue)" }
}
