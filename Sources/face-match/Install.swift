import ArgumentParser
import FaceRecognition
import Terminal

/// `face-match install`: what `tools/setup --faces` calls.
struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make this command's networks of published files.",
        discussion: """
            FOLDER has centerface.onnx, dlib_face_recognition_resnet_model_v1.dat and \
            shape_predictor_5_face_landmarks.dat; 'tools/setup --faces' fetches them and calls this. The networks go into \
            engram/faces in the user's cache.
            """)

    @Argument(help: ArgumentHelp("Where the published files are.", valueName: "folder"))
    var folder: String

    func run() throws {
        let weights = FaceWeights()
        try weights.install(from: folder)
        StandardOutput.line(weights.folder)
    }
}
