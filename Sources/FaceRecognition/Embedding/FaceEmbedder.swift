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
    package let predictor: ShapePredictor
    package let quality: Quality

    /// - Parameters:
    ///   - model: input `chips` [batch, 3, 150, 150], 0 to 255; output `embeddings` [batch, length].
    ///   - predictor: finds the landmarks that chips are aligned by.
    package init(_ model: Model, predictor: ShapePredictor, quality: Quality = .default) {
        self.model = model
        self.predictor = predictor
        self.quality = quality
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
        let landmarks = predictor.landmarks(in: image, box: face.squareBox)
        guard let chip = AlignmentTemplate.dlib150.chip(of: image, landmarks: landmarks) else { return [] }
        switch quality {
        case .fast: return [chip]
        case .default: return [chip, chip.mirrored]
        case .best:
            let other = AlignmentTemplate.detector150.chip(of: image, landmarks: face.landmarks) ?? chip
            return [chip, chip.mirrored, other, other.mirrored]
        }
    }

    /// The network's numbers of chips, as they are.
    package func vectors(of chips: [Image]) throws -> [[Float]] {
        guard let first = chips.first else { return [] }
        let input = Tensor(
            Image.planes(of: chips), shape: [chips.count, 3, first.height, first.width])
        guard let output = try model.run(["chips": input])["embeddings"] else { return [] }
        let length = output.shape[1], numbers = output.floats
        return (0..<chips.count).map { Array(numbers[($0 * length)..<(($0 + 1) * length)]) }
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
