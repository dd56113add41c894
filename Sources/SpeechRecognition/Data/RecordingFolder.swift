import Audio
import Progress

/// A folder of recordings, a folder of clips a word: Speech Commands as it is published, or one's own.
///
/// ```
/// yes/0a7c2a8d_nohash_0.wav
/// no/0a9f9af7_nohash_1.wav
/// _silence_/kitchen.flac          clips without speech
/// _background_noise_/tap.wav      long recordings without speech, cut into clips
/// ```
///
/// ``SpeakerSplit`` says who learns from a clip; what it keeps for tests is left out here. A shorter clip is put in the
/// middle of zeros, of a longer one the loudest stretch is taken. Background noise is cut into clips that touch, each at
/// three levels (0, −10 and −20 dB); every tenth is for validation.
package struct RecordingFolder {
    /// The folder of long recordings without speech.
    package static let backgroundNoise = "_background_noise_"

    private let folder: String

    package init(_ folder: String) { self.folder = folder }

    /// A recording and the word it is of.
    package struct Recording: Hashable, Sendable {
        package var path: String
        package var word: String
    }

    /// The recordings in the order of folders and names.
    ///
    /// - Throws: ``SpeechError`` where there is no folder of a word.
    package func recordings() throws -> [Recording] {
        guard let names = Folder.names(folder) else {
            throw SpeechError(folder, Folder.isFile(folder) ? "a file, not a folder" : "no such folder")
        }
        var recordings: [Recording] = []
        for word in names where Folder.isFolder(Folder.path(folder, word)) {
            let path = Folder.path(folder, word)
            guard let files = Folder.names(path) else { throw SpeechError(path, "permission denied") }
            for file in files where SoundFiles.isSound(file) {
                recordings.append(Recording(path: Folder.path(path, file), word: word))
            }
        }
        guard !recordings.isEmpty else {
            throw SpeechError(
                folder, "neither features nor recordings",
                remedy:
                    "wanted is a folder of clips a word (yes/a.wav, no/b.wav, …) or training-0.npy, … with their .tsv")
        }
        return recordings
    }

    func material(frontEnd: KeywordFrontEnd, progress: ProgressHandler) throws -> KeywordMaterial {
        let recordings = try recordings()
        var training = KeywordImages(frames: frontEnd.frames, bands: frontEnd.logMel.bands)
        var validation = training
        var imager = try ClipImager(frontEnd)
        var task = TaskProgress("reading recordings", unit: "files", total: recordings.count)
        progress(.advanced(task))
        for recording in recordings {
            let name = recording.path.split(separator: "/").last.map(String.init) ?? recording.path
            if recording.word == Self.backgroundNoise {
                for (index, pixels) in try Self.noise(recording.path, &imager).enumerated() {
                    if index.isMultiple(of: 10) {
                        validation.append(pixels, words: [KeywordLabels.silence])
                    } else {
                        training.append(pixels, words: [KeywordLabels.silence])
                    }
                }
            } else {
                switch SpeakerSplit.side(of: name) {
                case .training: training.append(try imager.pixels(path: recording.path), words: [recording.word])
                case .validation: validation.append(try imager.pixels(path: recording.path), words: [recording.word])
                case .testing: break
                }
            }
            task.completed += 1
            progress(.advanced(task))
        }
        progress(.finished(task))
        return KeywordMaterial(training: training, validation: validation)
    }

    /// Clips of a long recording, each at three levels.
    private static func noise(_ path: String, _ imager: inout ClipImager) throws -> [[UInt8]] {
        let length = imager.frontEnd.clipSamples
        let samples = try AudioStream.samples(path: path, sampleRate: imager.frontEnd.logMel.sampleRate)
        var images: [[UInt8]] = []
        for start in stride(from: 0, through: max(0, samples.count - length), by: length) {
            let clip = Array(samples[start..<min(start + length, samples.count)])
            for gain: Float in [1, 0.316, 0.1] { images.append(imager.pixels(of: clip.map { $0 * gain })) }
        }
        return images
    }
}
