import Audio
import CommandRuns
import ModelFiles
import ToneModel

extension Place {
    /// A folder with a model that hears tones in `tones.onnx`.
    convenience init() throws {
        try self.init(running: "keyword-transcribe")
        try ToneModel.graph().write(toONNX: path + "/tones.onnx")
    }

    func write(_ samples: [Float], to name: String) throws { try WaveWriter.write(samples, to: file(name)) }
}
