import ArgumentParser
import FaceRecognition
import Terminal

/// `face-match index`: photos into a gallery.
struct Index: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take photos up into a gallery.",
        discussion: """
            GALLERY is a file, which is made where it is not there. Photos that have not changed since are not read again; \
            Ctrl-C loses nothing, and the next time it goes on from there.

            Example:
              face-match index family.gallery ~/Pictures
            """)

    @Argument(help: ArgumentHelp("The gallery.", valueName: "gallery"))
    var gallery: String

    @Argument(help: ArgumentHelp("Photos, and folders of photos.", valueName: "photo"))
    var inputs: [String]

    @Flag(help: "Forget photos whose files are gone.")
    var prune = false

    @OptionGroup var photos: PhotoOptions
    @OptionGroup var embedder: EmbedderOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        Interruption.watch()
        let recognizer = try photos.recognizer(embedder)
        let paths = try PhotoFolder.photos(inputs)
        let gallery = try Gallery(gallery, mayBeNew: true, encoding: embedder.encoding())
        let results = Results(of: FaceMatch.name, json: common.json)
        let outcome = try gallery.index(
            paths, by: recognizer, threads: common.threadCount, progress: common.progress,
            shouldStop: { Interruption.isRequested }, fault: { results.failure(of: $0, $1) })
        let gone = prune ? try gallery.prune() : 0
        let counts = try gallery.counts()
        results.answer(
            [
                "\(FigureText.count(outcome.photos)) photos, \(FigureText.count(outcome.current)) of them known before; "
                    + "\(FigureText.count(outcome.faces)) faces found",
                gone > 0 ? "\(FigureText.count(gone)) photos are gone and forgotten" : nil,
                "\(gallery.path) has \(FigureText.count(counts.faces)) faces in \(FigureText.count(counts.photos)) photos",
            ].compactMap { $0 }.joined(separator: "\n"),
            json: [
                "gallery": .string(gallery.path), "photos": .integer(outcome.photos),
                "current": .integer(outcome.current),
                "found": .integer(outcome.faces), "gone": .integer(gone), "faces": .integer(counts.faces),
            ])
        try results.end()
    }
}
