import ArgumentParser
import Engine
import FaceRecognition

/// What encodes a face.
struct EmbedderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How a face is encoded: fast (once), default (with its mirror image), best (twice, by two kinds of landmarks, with mirror images).",
            valueName: "quality"))
    var quality = FaceEmbedder.Quality.default

    @Option(
        help: ArgumentHelp(
            "A network of your own, ONNX, as 'train' makes one, or any other: a picture [batch, 3, side, side] in, numbers [batch, n] out. Where nothing is known of its distances, --threshold says up to where two are one person's.",
            valueName: "file"))
    var embedder: String?

    @Option(
        help: ArgumentHelp(
            "How faces lie in its pictures: dlib-150 or arcface-112, at any size (default: what it says of itself, or dlib-150).",
            valueName: "template"))
    var template: FaceAligner.Template?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What black and white are in its pictures: 0..255, 0..1 or -1..1 (default: what it says of itself, or 0..255).",
            valueName: "range"))
    var pixels: PixelRange?

    @Flag(
        inversion: .prefixedNo,
        help:
            "Take each photo for one face that is aligned already, without looking for faces (default: as the network was trained)."
    )
    var aligned: Bool?

    func validate() throws {
        if embedder == nil, template != nil || pixels != nil {
            throw ValidationError("--template and --pixels are those of an --embedder")
        }
    }

    /// The one of ours, or the user's.
    func load(_ weights: FaceWeights, _ options: Model.Options) throws -> FaceEmbedder {
        guard let embedder else { return try weights.embedder(quality: quality, options) }
        return try weights.embedder(embedder, template, pixels, quality: quality, options)
    }

    /// Whether photos are taken for faces.
    func isAligned(_ loaded: FaceEmbedder) -> Bool { aligned ?? loaded.metadata?.isAligned ?? false }

    /// What embeddings are made by; those of different ones cannot be compared.
    func encoding() throws -> String {
        guard let embedder else { return quality.encoding }
        let metadata = try EmbedderMetadata(contentsOf: embedder)
        let template = template ?? metadata?.template ?? .dlib150, pixels = pixels ?? metadata?.pixels ?? .bytes
        return try FaceWeights.encoding(ofModel: embedder)
            + " \(template.rawValue) \(pixels.rawValue) \(quality.rawValue)"
    }

    /// What is known of distances; nil where nothing is.
    func calibration() throws -> Calibration? {
        try embedder.map { try EmbedderMetadata(contentsOf: $0)?.calibration } ?? quality.calibration
    }
}

extension FaceEmbedder.Quality: ExpressibleByArgument {}
extension FaceAligner.Template: ExpressibleByArgument {}
extension PixelRange: ExpressibleByArgument {}
