import ArgumentParser
import FaceRecognition
import Terminal

/// `face-match cluster`: which of a gallery's faces are one person's.
struct Cluster: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Group a gallery's faces by person.",
        discussion: """
            By Chinese whispers over faces that are nearer than the threshold. Faces that belong to somebody stay theirs, and \
            others like them join them; who is alone stays nobody's. 'gallery name' names a group, 'gallery undo' takes it back.

            Example:
              face-match cluster family.gallery
            """)

    @Argument(help: ArgumentHelp("The gallery.", valueName: "gallery"))
    var gallery: String

    @OptionGroup var limit: ThresholdOptions

    @OptionGroup var quality: QualityOption
    @OptionGroup var common: CommonOptions

    func run() throws {
        let gallery = try Gallery(gallery, mayBeNew: false, encoding: quality.quality.encoding)
        let before = try gallery.people().count
        let joined = try gallery.cluster(
            upTo: limit.distance(quality.quality, ordinary: ThresholdOptions.amongMany))
        let people = try gallery.people(), counts = try gallery.counts()
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
