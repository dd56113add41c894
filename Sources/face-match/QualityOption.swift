import ArgumentParser
import FaceRecognition

/// How much is averaged for a face.
struct QualityOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How a face is encoded: fast (once), default (with its mirror image), best (twice, by two kinds of landmarks, with mirror images).",
            valueName: "quality"))
    var quality = FaceEmbedder.Quality.default
}

extension FaceEmbedder.Quality: ExpressibleByArgument {}
