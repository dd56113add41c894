import FoundationEssentials
import ModelFiles

/// The folder of a training run, the same for all applications.
///
/// | file | what |
/// |---|---|
/// | `recipe.yaml` | the recipe as run, byte for byte, and behind it what it started from and what was overridden |
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
    /// The recipe as run.
    package let recipeText: String
    /// The finished model that the training starts from; nil where it starts anew.
    package let start: StartingPoint?
    private let lock: FileLock

    package var recipePath: String { folder + "/recipe.yaml" }
    package var checkpointPath: String { folder + "/checkpoint.safetensors" }
    package var bestPath: String { folder + "/best.safetensors" }
    package var logPath: String { folder + "/log.jsonl" }
    package var curvesPath: String { folder + "/curves.png" }
    package var modelPath: String { folder + "/model.onnx" }

    /// Makes the folder with its recipe, or opens it to go on.
    ///
    /// - Parameters:
    ///   - output: the folder; nil for `runs/RECIPE-SEED`.
    ///   - model: the path of a finished model to start from; nil for what the recipe or the run itself says.
    ///   - begin: gives its weights to the training; not called where a checkpoint has all that they became. It is called before the folder
    ///     is made, where it can be.
    /// - Throws: `RunError` where a run is there and `existing` does not say what to do, where it has another recipe, or where another process
    ///   trains in the folder; `ModelFileError` where the folder cannot be written.
    package init<Content>(
        of recipe: Recipe<Content>, seed: UInt64, output: String? = nil, existing: Existing = .refuse,
        from model: String? = nil, begin: (StartingWeights) throws -> Void = { _ in }
    ) throws {
        var recipe = recipe, isBegun = false
        if let model {
            let weights = try StartingWeights(contentsOf: model)
            try begin(weights)
            isBegun = true
            recipe = try recipe.starting(from: weights.point)
        } else if let point = recipe.start, existing != .resume {
            try begin(StartingWeights(point))
            isBegun = true
        }
        folder = output ?? "runs/\(recipe.name)-\(seed)"
        name = recipe.name
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw RunError(folder, "the folder cannot be made")
        }
        lock = try Self.lock(folder)
        let paths = Self.paths(in: folder), isThere = paths.contains(where: Self.isThere)
        if existing == .resume, isThere { recipe = try Self.checked(recipe, in: folder) }
        (recipeText, start) = (recipe.text, recipe.start)
        switch existing {
        case .refuse:
            if isThere {
                throw RunError(
                    folder, "there is a run already", remedy: "--resume goes on with it, --overwrite begins anew")
            }
        case .resume:
            if let start, !isBegun, !hasCheckpoint { try begin(StartingWeights(start)) }
            if isThere {
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

    /// The files of a run, the recipe first.
    private static func paths(in folder: String) -> [String] {
        ["recipe.yaml", "checkpoint.safetensors", "best.safetensors", "log.jsonl", "curves.png", "model.onnx"].map {
            "\(folder)/\($0)"
        }
    }

    /// The recipe, with what the run says that it started from.
    ///
    /// - Throws: `RunError` where the run has another recipe.
    private static func checked<Content>(_ recipe: Recipe<Content>, in folder: String) throws -> Recipe<Content> {
        let recipePath = folder + "/recipe.yaml"
        let own = try FileBytes.read(recipePath, limit: RecipeNode.Limits.byteCount)
        var other = recipe
        if other.start == nil, let text = String(validating: own, as: UTF8.self),
            let start = try? Recipe<Content>(text, path: recipePath).start
        {
            other = try recipe.starting(from: start)
        }
        guard own != Array(other.text.utf8) else { return other }
        func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
            text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        }
        let line = zip(lines(own), lines(Array(other.text.utf8))).prefix { $0 == $1 }.count + 1
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
