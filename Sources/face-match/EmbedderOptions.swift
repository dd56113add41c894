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
            "A network of your own, ONNX: a picture [batch, 3, side, side] in, numbers [batch, n] out; --threshold says up to where two are one person's.",
            valueName: "file"))
    var embedder: String?

    @Option(help: ArgumentHelp("How faces lie in the network's pictures.", valueName: "template"))
    var template = FaceEmbedder.Template.dlib150

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What black and white are in the network's pictures.", valueName: "range"))
    var pixels = FaceEmbedder.PixelRange.bytes

    func validate() throws {
        if embedder == nil, template != .dlib150 || pixels != .bytes {
            throw ValidationError("--template and --pixels are those of an --embedder")
        }
    }

    /// The one of ours, or the user's.
    func load(_ weights: FaceWeights, _ options: Model.Options) throws -> FaceEmbedder {
        guard let embedder else { return try weights.embedder(quality: quality, options) }
        return try weights.embedder(embedder, template, pixels, quality: quality, options)
    }

    /// What embeddings are made by; those of different ones cannot be compared.
    func encoding() throws -> String {
        guard let embedder else { return quality.encoding }
        return try FaceWeights.encoding(ofModel: embedder)
            + " \(template.rawValue) \(pixels.rawValue) \(quality.rawValue)"
    }

    /// nil for a network of the user's.
    var calibration: Calibration? { embedder == nil ? quality.calibration : nil }
}

extension FaceEmbedder.Quality: ExpressibleByArgument {}
extension FaceEmbedder.Template: ExpressibleByArgument {}
extension FaceEmbedder.PixelRange: ExpressibleByArgument {}
