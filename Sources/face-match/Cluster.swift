import ArgumentParser
import FaceRecognition
import Images
import Terminal

/// `face-match cluster`: which of a gallery's faces are one person's.
struct Cluster: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Group a gallery's faces by person.",
        discussion: """
            By average linkage: groups whose faces are nearer in the mean than the threshold become one. Faces that belong to \
            somebody stay theirs, and others like them join them; who is alone stays nobody's. 'gallery name' names a group, 'gallery undo' takes it back.

            Example:
              face-match cluster family.gallery
            """)

    @Argument(help: ArgumentHelp("The gallery.", valueName: "gallery"))
    var gallery: String

    @Option(help: ArgumentHelp("Also draw the people, a row each, into this file (.png or .jpg).", valueName: "file"))
    var sheet: String?

    @Option(
        help: ArgumentHelp(
            "How sure the detector must be of a face that is grouped: faces that are cut off or blurred are alike, whoever they are.",
            valueName: "score"))
    var minScore = Gallery.clearScore

    @OptionGroup var limit: ThresholdOptions

    @OptionGroup var embedder: EmbedderOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let gallery = try Gallery(gallery, mayBeNew: false, encoding: embedder.encoding())
        let before = try gallery.people().count
        let joined = try gallery.cluster(
            upTo: try limit.distance(embedder.calibration(), ordinary: ThresholdOptions.betweenGroups),
            clearScore: minScore)
        let people = try gallery.people(), counts = try gallery.counts()
        if let sheet { try ContactSheet.image(of: gallery).write(to: sheet) }
        Results(of: FaceMatch.name, json: common.json).answer(
            """
            \(FigureText.count(joined)) faces have found their person, \(FigureText.count(people.count - before)) of them new; \
            \(FigureText.count(counts.unknown)) faces are nobody's
            """,
            json: [
                "joined": .integer(joined), "people": .integer(people.count), "new": .integer(people.count - before),
                "unknown": .integer(counts.unknown),
            ])
    }
}
