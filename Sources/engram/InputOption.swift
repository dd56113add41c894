import ArgumentParser
import ModelInspection

/// What `--input` may be.
enum InputOption {
    static func inputs(_ texts: [String]) throws -> [ModelRun.Input] {
        try texts.map { text in
            guard let input = ModelRun.Input(text) else {
                throw ValidationError("--input is '\(text)'; it must be NAME=FILE, such as input=image.npy")
            }
            return input
        }
    }
}
