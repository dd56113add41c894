import ArgumentParser
import Engine
import FaceRecognition
import Images
import Terminal

/// How photos are read and faces looked for in them.
struct PhotoOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The side of the smallest face to find (default: 20, and more in large photos, an 80th of the longer side).",
            valueName: "pixels"))
    var minFace: Double?

    @Option(help: ArgumentHelp("How sure the detector must be, from 0 to 1.", valueName: "score"))
    var minScore: Float = 0.5

    @Option(help: ArgumentHelp("The most pixels that a photo may have.", valueName: "n"))
    var maxPixels = ImageLimits().pixels

    func validate() throws {
        if let minFace, !(minFace >= 5) { throw ValidationError("--min-face is \(minFace); it can be 5 and more") }
        if !(0...1).contains(minScore) { throw ValidationError("--min-score is \(minScore); it can be 0 to 1") }
        if maxPixels < 1 { throw ValidationError("--max-pixels is \(maxPixels); it can be 1 and more") }
    }

    /// What the detector looks for.
    var detection: FaceDetector.Options {
        var options = FaceDetector.Options()
        options.smallestFace = minFace
        options.score = minScore
        return options
    }

    /// What files may ask for.
    var limits: ImageLimits {
        var limits = ImageLimits()
        limits.pixels = maxPixels
        return limits
    }
}

extension PhotoOptions {
    /// Finds faces, and encodes them where it is said by what; each network runs on one thread, for many photos at a time.
    func recognizer(_ embedder: EmbedderOptions?, threads: Int = 1) throws -> FaceRecognizer {
        let weights = FaceWeights(), options = Model.Options(threads: threads)
        let loaded = try embedder?.load(weights, options)
        let isAligned = loaded.flatMap { embedder?.isAligned($0) } ?? false
        var recognizer = FaceRecognizer(try isAligned ? nil : weights.detector(options), loaded)
        recognizer.detection = detection
        recognizer.limits = limits
        return recognizer
    }
}

extension CommonOptions {
    /// As many as the user wants, or as there are processors.
    var threadCount: Int { threads ?? Model.Options.processorCount }
}
