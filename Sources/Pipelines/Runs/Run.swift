import FoundationEssentials
import ModelFiles

/// The folder of a training run, the same for all applications.
///
/// | file | what |
/// |---|---|
/// | `recipe.yaml` | the recipe as run, byte for byte, and behind it what was overridden |
/// | `checkpoint.safetensors` | all that the training needs to go on |
/// | `best.safetensors` | the same as it was after the epoch that validated best |
/// | `log.jsonl` | a line an epoch |
/// | `curves.png` | the log as a picture |
/// | `model.onnx` | the model, once the training is finished |
/// | `.lock` | held by the process that trains, so that no other one does |
///
/// ```swift
/// let run = try Run(of: recipe, seed: recipe.content.training.seed, output: options.output, existing: .refuse)
/// ```
package struct Run: Sendable {
    /// What is done with a run that is there.
    package enum Existing: Sendable {
        /// Nothing: an error says what can be done.
        case refuse
        /// It is gone on with, if it has the same recipe; a run that is not there yet begins.
        case resume
        /// It is removed: the files of the table, nothing else.
        case overwrite
    }

    /// The folder's path.
    package let folder: String
    /// The recipe's name, a title for pictures.
    package let name: String
    private let lock: FileLock

    package var recipePath: String { folder + "/recipe.yaml" }
    package var checkpointPath: String { folder + "/checkpoint.safetensors" }
    package var bestPath: String { folder + "/best.safetensors" }
    package var logPath: String { folder + "/log.jsonl" }
    package var curvesPath: String { folder + "/curves.png" }
    package var modelPath: String { folder + "/model.onnx" }

    /// Makes the folder with its recipe, or opens it to go on.
    ///
    /// - Parameter output: the folder; nil for `runs/RECIPE-SEED`.
    /// - Throws: `RunError` where a run is there and `existing` does not say what to do, where it has another recipe, or where another process
    ///   trains in the folder; `ModelFileError` where the folder cannot be written.
    package init(
        of recipe: Recipe<some RecipePart>, seed: UInt64, output: String? = nil, existing: Existing = .refuse
    ) throws {
        folder = output ?? "runs/\(recipe.name)-\(seed)"
        name = recipe.name
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw RunError(folder, "the folder cannot be made")
        }
        lock = try Self.lock(folder)
        let isThere = paths.contains(where: Self.isThere)
        switch existing {
        case .refuse:
            if isThere {
                throw RunError(
                    folder, "there is a run already", remedy: "--resume goes on with it, --overwrite begins anew")
            }
        case .resume:
            if isThere {
                try checkRecipe(recipe)
                try removeLeftovers()
                return
            }
        case .overwrite:
            // The recipe goes last, so that what is left of a run that was half removed is still known as one.
            for path in paths.reversed() where Self.isThere(path) { try Self.remove(path) }
            try removeLeftovers()
        }
        try AtomicFile.write(Array(recipe.text.utf8), to: recipePath)
    }

    /// The folder for this process alone, until it ends or nobody has the run any more.
    private static func lock(_ folder: String) throws -> FileLock {
        let path = folder + "/.lock"
        if let lock = try FileLock(path) { return lock }
        let owner = FileLock.owner(of: path).map { "process \($0)" } ?? "another process"
        throw RunError(folder, "\(owner) is training there", remedy: "wait until it ends, or choose another folder")
    }

    /// Whether the model is there, which is written last.
    package var isFinished: Bool { Self.isThere(modelPath) }
    /// Whether there is something to go on from.
    var hasCheckpoint: Bool { Self.isThere(checkpointPath) }

    private var paths: [String] { [recipePath, checkpointPath, bestPath, logPath, curvesPath, modelPath] }

    private func checkRecipe(_ recipe: Recipe<some RecipePart>) throws {
        let own = try FileBytes.read(recipePath, limit: RecipeNode.Limits.byteCount)
        let other = Array(recipe.text.utf8)
        guard own != other else { return }
        func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
            text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        }
        let line = zip(lines(own), lines(other)).prefix { $0 == $1 }.count + 1
        throw RunError(
            folder, "its recipe.yaml and \(recipe.path) differ at line \(line)",
            remedy: "--resume with \(recipePath) goes on as it was, --overwrite begins anew")
    }

    /// Removes the beginnings of files that a killed run left.
    private func removeLeftovers() throws {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let isOfFiles = name.hasPrefix(".engram-") && name.hasSuffix(".partial")
            let isOfCharts = name.hasPrefix("curves.png.") && name.hasSuffix(".tmp")
            if isOfFiles || isOfCharts { try Self.remove("\(folder)/\(name)") }
        }
    }

    private static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func remove(_ path: String) throws {
        do { try FileManager.default.removeItem(atPath: path) } catch { throw RunError(path, "cannot be removed") }
    }
}
