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

    /// How faces lie in the network's pictures, and by which landmarks.
    package enum Template: String, CaseIterable, Sendable {
        /// As dlib's chips, by five landmarks of its shape predictor.
        case dlib150 = "dlib-150"
        /// As InsightFace's, by the five of the detector.
        case arcface112 = "arcface-112"
    }

    /// What black and white are in the network's pictures.
    package enum PixelRange: String, CaseIterable, Sendable {
        case bytes = "0..255"
        case unit = "0..1"
        case signed = "-1..1"

        func value(_ byte: Float) -> Float {
            switch self {
            case .bytes: byte
            case .unit: byte / 255
            case .signed: byte / 127.5 - 1
            }
        }
    }

    private let model: Model
    /// The names of the network's input and output, and how many pictures it takes at a time; nil for any number.
    private let input: String
    private let output: String
    private let batch: Int?
    private let template: Template
    private let pixels: PixelRange
    package let predictor: ShapePredictor
    package let quality: Quality

    /// - Parameters:
    ///   - model: one input [batch, 3, side, side], the template's side; its first output [batch, length].
    ///   - predictor: finds the landmarks that chips of dlib's kind are aligned by.
    /// - Throws: `GraphError` where the network has another input or output.
    package init(
        _ model: Model, predictor: ShapePredictor, quality: Quality = .default, template: Template = .dlib150,
        pixels: PixelRange = .bytes
    ) throws(GraphError) {
        let graph = model.graph, side = template == .dlib150 ? 150 : 112
        guard graph.inputs.count == 1, let port = graph.inputs.first, port.dimensions.count == 4,
            let output = graph.outputs.first, graph.type(of: output.value).shape.rank == 2,
            graph.type(of: port.value).elementType == .f32
        else { throw GraphError(fault: "not a network of one picture [batch, 3, side, side] to numbers [batch, n]") }
        for (dimension, wanted) in zip(port.dimensions.dropFirst(), [3, side, side]) {
            if case .fixed(let size) = dimension, size != wanted {
                throw GraphError(
                    fault: "its pictures are \(port.dimensions), those of the template [batch, 3, \(side), \(side)]")
            }
        }
        if case .fixed(let size) = port.dimensions[0] { batch = size } else { batch = nil }
        (input, self.output) = (graph[port.value].name, output.name)
        (self.model, self.predictor, self.quality) = (model, predictor, quality)
        (self.template, self.pixels) = (template, pixels)
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

    /// What is averaged for a face.
    package func chips(of face: Face, in image: Image) -> [Image] {
        let chip: Image?
        switch template {
        case .dlib150:
            let landmarks = predictor.landmarks(in: image, box: face.squareBox)
            chip = AlignmentTemplate.dlib150.chip(of: image, landmarks: landmarks)
        case .arcface112: chip = AlignmentTemplate.arcface112.chip(of: image, landmarks: face.landmarks)
        }
        guard let chip else { return [] }
        switch quality {
        case .fast: return [chip]
        case .best where template == .dlib150:
            let other = AlignmentTemplate.detector150.chip(of: image, landmarks: face.landmarks) ?? chip
            return [chip, chip.mirrored, other, other.mirrored]
        case .default, .best: return [chip, chip.mirrored]
        }
    }

    /// The network's numbers of chips, as they are.
    package func vectors(of chips: [Image]) throws -> [[Float]] {
        var vectors: [[Float]] = []
        let most = max(batch ?? chips.count, 1)
        for start in stride(from: 0, to: chips.count, by: most) {
            var part = Array(chips[start..<min(start + most, chips.count)])
            let count = part.count
            // A network of a fixed batch gets the last chip again.
            if let batch, let last = part.last { part += Array(repeating: last, count: batch - count) }
            var planes = Image.planes(of: part)
            if pixels != .bytes { for place in planes.indices { planes[place] = pixels.value(planes[place]) } }
            let shape: Shape = [part.count, 3, part[0].height, part[0].width]
            guard let result = try model.run([input: Tensor(planes, shape: shape)])[output] else { return [] }
            let length = result.shape[1], numbers = result.floats
            vectors += (0..<count).map { Array(numbers[($0 * length)..<(($0 + 1) * length)]) }
        }
        return vectors
    }

    /// The sum of vectors, at a length of 1.
    private static func direction(of vectors: some Collection<[Float]>) -> [Float] {
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
