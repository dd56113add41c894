package import Images

/// From a photo's file to its faces and what they are compared by.
package struct FaceRecognizer: Sendable {
    /// A photo that was read.
    package struct Photo: Sendable {
        /// The file, as it was named.
        package var path: String
        package var image: Image
        /// Those that the detector is surest of first.
        package var faces: [EncodedFace]

        /// The face that is nearest to the middle of the photo.
        package var middleFace: EncodedFace? {
            let middle = Point(Double(image.width) / 2, Double(image.height) / 2)
            return faces.min { ($0.face.box.middle - middle).length < ($1.face.box.middle - middle).length }
        }
    }

    /// A face and the vector of length 1 that it is compared by.
    package struct EncodedFace: Hashable, Sendable {
        package var face: Face
        /// nil where it is not asked for, or the face has no extent.
        package var embedding: [Float]?

        package init(face: Face, embedding: [Float]?) {
            self.face = face
            self.embedding = embedding
        }
    }

    /// nil where each photo is a face already, aligned as the embedder takes it.
    package let detector: FaceDetector?
    /// nil where faces are only found.
    package let embedder: FaceEmbedder?
    package var detection = FaceDetector.Options()
    package var limits = ImageLimits()

    package init(_ detector: FaceDetector?, _ embedder: FaceEmbedder?) {
        self.detector = detector
        self.embedder = embedder
    }

    /// Reads a photo; `-` is standard input.
    ///
    /// - Throws: `InputError` where it cannot be read.
    package func photo(_ path: String) throws -> Photo {
        try photo(of: Image(contentsOf: path, limits: limits), path: path)
    }

    /// Finds and encodes the faces of a picture.
    package func photo(of image: Image, path: String) throws -> Photo {
        guard let detector else {
            let embedding = try embedder?.embeddings(ofAligned: [image]).first
            return Photo(path: path, image: image, faces: [EncodedFace(face: .whole(of: image), embedding: embedding)])
        }
        let faces = try detector.faces(in: image, detection)
        let embeddings = try embedder?.embeddings(of: faces, in: image) ?? faces.map { _ in nil }
        return Photo(path: path, image: image, faces: zip(faces, embeddings).map(EncodedFace.init))
    }

    /// Reads photos, several at a time, and gives what was made of each in their order.
    ///
    /// - Parameters:
    ///   - threads: how many are read at a time; the networks should have one thread each then.
    ///   - make: what is made of a photo.
    ///   - take: given the number of a photo, and what became of it.
    package func photos<Made: Sendable>(
        _ paths: [String], threads: Int, make: @Sendable (Photo) throws -> Made,
        take: (Int, Result<Made, any Error>) throws -> Void
    ) throws {
        try Parallel.each(paths, threads: threads, make: { try make(photo($0)) }, take: take)
    }
}
