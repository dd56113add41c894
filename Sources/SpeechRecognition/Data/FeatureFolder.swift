import Audio
import Engine
import ModelFiles

/// A folder of features that are computed already: `training-0.npy`, `training-1.npy`, …, `validation.npy`, and
/// `noise.npy` where there is noise.
///
/// Each is an array u1 `[clips, frames, bands]` beside a text file of the same name with `.tsv`, whose line for each clip
/// is `word<TAB>name`. Noise is silence to the network, whatever its words say; every tenth image of it, the first among
/// them, belongs to validation.
struct FeatureFolder {
    private let folder: String
    private let names: [String]

    init(_ folder: String, names: [String]) {
        self.folder = folder
        self.names = names
    }

    func material(frontEnd: KeywordFrontEnd) throws -> KeywordMaterial {
        var training = KeywordImages(frames: frontEnd.frames, bands: frontEnd.logMel.bands)
        var validation = training
        let parts = names.filter { $0.hasPrefix("training") && $0.hasSuffix(".npy") }
        guard !parts.isEmpty, names.contains("validation.npy") else {
            throw SpeechError(
                folder, "features without \(parts.isEmpty ? "training-0.npy" : "validation.npy")",
                remedy: "wanted are training-0.npy, …, validation.npy and, for silence, noise.npy")
        }
        for part in parts {
            training.append(try FeatureFile(Folder.path(folder, part)).images(frontEnd: frontEnd))
        }
        validation.append(try FeatureFile(Folder.path(folder, "validation.npy")).images(frontEnd: frontEnd))
        if names.contains("noise.npy") {
            let noise = try FeatureFile(Folder.path(folder, "noise.npy")).images(frontEnd: frontEnd)
            for index in 0..<noise.count {
                if index.isMultiple(of: 10) {
                    validation.append(noise[index], words: [KeywordLabels.silence])
                } else {
                    training.append(noise[index], words: [KeywordLabels.silence])
                }
            }
        }
        return KeywordMaterial(training: training, validation: validation)
    }
}

/// An array of images, and the list of their words beside it.
package struct FeatureFile {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// The images with their words; `_background_noise_` is silence.
    ///
    /// - Throws: ``SpeechError`` or `ModelFileError` where a file is not what it should be.
    package func images(frontEnd: KeywordFrontEnd) throws -> KeywordImages {
        let tensor = try Tensor(contentsOfNPY: path)
        let (frames, bands) = (frontEnd.frames, frontEnd.logMel.bands)
        guard tensor.elementType == .u8, tensor.shape.rank == 3, tensor.shape[1] == frames, tensor.shape[2] == bands
        else {
            throw SpeechError(path, "\(tensor.type) where images are u8[clips, \(frames), \(bands)]")
        }
        var images = KeywordImages(frames: frames, bands: bands)
        images.append(tensor.bytes, words: try words(count: tensor.shape[0]))
        return images
    }

    private func words(count: Int) throws -> [String] {
        let list = (path.hasSuffix(".npy") ? String(path.dropLast(4)) : path) + ".tsv"
        let bytes = try FileBytes.read(list, limit: 1 << 30)
        var words: [String] = []
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            let word = String(
                decoding: line.prefix { $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            guard !word.isEmpty else {
                throw SpeechError(list, place: "line \(number + 1)", "no word before the tab")
            }
            words.append(word == RecordingFolder.backgroundNoise ? KeywordLabels.silence : word)
        }
        guard words.count == count else {
            throw SpeechError(list, "\(words.count) lines where \(path) has \(count) clips")
        }
        return words
    }
}
