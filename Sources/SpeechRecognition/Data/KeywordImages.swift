package import Progress

/// Log-mel images in memory, a byte a value, with the class of each.
package struct KeywordImages: Sendable {
    /// Frames of an image, in time.
    package let frames: Int
    /// Values of a frame.
    package let bands: Int
    /// Image after image, frame after frame.
    package private(set) var pixels: [UInt8] = []
    /// What each image is: a word or ``KeywordLabels/silence``.
    package private(set) var words: [String] = []

    package init(frames: Int, bands: Int) {
        self.frames = frames
        self.bands = bands
    }

    /// Values of an image.
    package var size: Int { frames * bands }
    package var count: Int { words.count }

    /// Adds images of one word or several.
    ///
    /// - Precondition: `size` values for each word.
    package mutating func append(_ pixels: some Collection<UInt8>, words: some Collection<String>) {
        precondition(pixels.count == words.count * size, "\(pixels.count) values for \(words.count) images")
        self.pixels += pixels
        self.words += words
    }

    /// Adds all images of `others`, which have the same size.
    package mutating func append(_ others: KeywordImages) { append(others.pixels, words: others.words) }

    /// The values of an image.
    package subscript(index: Int) -> ArraySlice<UInt8> { pixels[index * size..<(index + 1) * size] }
}

/// What a network learns from and what it is judged on meanwhile.
package struct KeywordMaterial: Sendable {
    package var training: KeywordImages
    package var validation: KeywordImages

    /// Reads a folder: one of precomputed features or one of recordings.
    ///
    /// - Throws: ``SpeechError`` where it is neither, and what reading its files may throw.
    package init(
        folder: String, frontEnd: KeywordFrontEnd, progress: @escaping ProgressHandler = { _ in }
    ) throws {
        guard let names = Folder.names(folder) else {
            throw SpeechError(folder, Folder.isFile(folder) ? "a file, not a folder" : "no such folder")
        }
        if names.contains(where: { $0.hasSuffix(".npy") }) {
            self = try FeatureFolder(folder, names: names).material(frontEnd: frontEnd)
        } else {
            self = try RecordingFolder(folder).material(frontEnd: frontEnd, progress: progress)
        }
        guard training.count > 0 else { throw SpeechError(folder, "no clips to learn from") }
        guard validation.count > 0 else {
            throw SpeechError(folder, "no clips to be judged on", remedy: "about a tenth of the speakers is held out")
        }
    }

    init(training: KeywordImages, validation: KeywordImages) {
        self.training = training
        self.validation = validation
    }
}
