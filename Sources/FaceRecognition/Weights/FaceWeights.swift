package import Engine
internal import Foundation
internal import ModelFiles
package import Streams

/// The networks that faces are found and told apart by, in the user's cache.
package struct FaceWeights: Sendable {
    /// The folder that has them.
    package let folder: String

    /// - Parameter folder: nil for `engram/faces` in the user's cache (`XDG_CACHE_HOME`, or `.cache` at home).
    package init(folder: String? = nil) {
        self.folder = folder ?? Self.cache + "/engram/faces"
    }

    private static var cache: String {
        let environment = ProcessInfo.processInfo.environment
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.cache"
    }

    /// The files, as they are here and as they are published.
    private enum Part: String, CaseIterable {
        case detector = "detector.onnx"
        case embedder = "embedder.onnx"
        case landmarks = "landmarks.safetensors"

        var published: String {
            switch self {
            case .detector: "centerface.onnx"
            case .embedder: "dlib_face_recognition_resnet_model_v1.dat"
            case .landmarks: "shape_predictor_5_face_landmarks.dat"
            }
        }
    }

    private func path(_ part: Part) -> String { folder + "/" + part.rawValue }

    /// Whether all are there.
    package var isComplete: Bool {
        Part.allCases.allSatisfy { FileManager.default.fileExists(atPath: path($0)) }
    }

    /// Reads the published files in a folder, and writes what is made of them.
    ///
    /// - Throws: `InputError`, `ModelFileError` or `GraphError` where one is missing, damaged, or cannot be written.
    package func install(from source: String) throws {
        func bytes(_ part: Part) throws -> [UInt8] {
            try ByteStream(path: source + "/" + part.published).rest(limit: 1 << 28)
        }
        let detector = try CenterFace.graph(onnx: bytes(.detector), named: Part.detector.published)
        let embedder = try DlibNetwork(bytes(.embedder), named: Part.embedder.published).graph()
        let landmarks = try ShapePredictor(dlib: bytes(.landmarks), named: Part.landmarks.published)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch { throw InputError(folder, "cannot be made: \(error.localizedDescription)") }
        try detector.write(toONNX: path(.detector))
        try embedder.write(toONNX: path(.embedder))
        try Safetensors(tensors: landmarks.tensors).write(to: path(.landmarks))
    }

    private func check() throws(InputError) {
        guard !isComplete else { return }
        throw InputError(folder, "the networks for faces are not there", remedy: "'tools/setup --faces' installs them")
    }

    /// The network that finds faces.
    package func detector(_ options: Model.Options = Model.Options()) throws -> FaceDetector {
        try check()
        return FaceDetector(try Model(contentsOf: path(.detector), options: options))
    }

    /// The network that tells faces apart.
    package func embedder(
        quality: FaceEmbedder.Quality = .default, _ options: Model.Options = Model.Options()
    ) throws -> FaceEmbedder {
        try check()
        let model = try Model(contentsOf: path(.embedder), options: options)
        return try FaceEmbedder(model, predictor: predictor(), quality: quality, calibration: quality.calibration)
    }

    /// A network of the user's.
    ///
    /// - Parameters:
    ///   - template: nil for what the network says of itself, or dlib's.
    ///   - pixels: nil for what the network says of itself, or bytes.
    /// - Throws: `ModelFileError` or `InputError` where it cannot be read, or takes or gives something else.
    package func embedder(
        _ file: String, _ template: FaceAligner.Template? = nil, _ pixels: PixelRange? = nil,
        quality: FaceEmbedder.Quality, _ options: Model.Options = Model.Options()
    ) throws -> FaceEmbedder {
        let model = try Model(contentsOf: file, options: options)
        do {
            let own = try template ?? EmbedderMetadata(model.graph)?.template ?? .dlib150
            return try FaceEmbedder(
                model, predictor: own == .dlib150 ? predictor() : nil, quality: quality, template: template,
                pixels: pixels)
        } catch let error as GraphError { throw InputError(file, "\(error)") }
    }

    /// Finds the landmarks of dlib's chips.
    package func predictor() throws -> ShapePredictor {
        try check()
        return try ShapePredictor(contentsOf: path(.landmarks))
    }

    /// Tells a user's network from others by its content.
    package static func encoding(ofModel file: String) throws(InputError) -> String {
        "network \(ContentHash.text(of: try ByteStream(path: file).rest(limit: 1 << 30)).prefix(16))"
    }
}
