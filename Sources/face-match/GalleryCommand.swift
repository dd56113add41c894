import ArgumentParser
import FaceRecognition
import Terminal

/// `face-match gallery`: the people in a gallery.
struct GalleryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gallery", abstract: "List, name, merge, split and remove the people of a gallery.",
        discussion: """
            A person is called by name, or by # and the number, as the list has it.

            Examples:
              face-match gallery list family.gallery
              face-match gallery name family.gallery '#3' 'Aunt Rosa'
              face-match gallery undo family.gallery
            """,
        subcommands: [
            ListPeople.self, NamePerson.self, MergePeople.self, SplitPerson.self, RemovePerson.self, UndoChange.self,
        ])
}

/// The gallery that a command works on.
struct GalleryArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The gallery.", valueName: "gallery"))
    var gallery: String

    /// Whatever encoded its faces, since none are compared.
    func open() throws -> Gallery { try Gallery(gallery, mayBeNew: false, encoding: nil) }
}

private struct ListPeople: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the people, those with most faces first.")

    @OptionGroup var file: GalleryArgument
    @Option(help: ArgumentHelp("List the faces of this person, with their numbers.", valueName: "person"))
    var person: String?
    @OptionGroup var common: CommonOptions

    func run() throws {
        let gallery = try file.open(), people = try gallery.people()
        let results = Results(of: FaceMatch.name, json: common.json)
        guard let person else {
            for person in people {
                results.answer(
                    "\(person.label): \(person.faces) faces in \(person.photos) photos",
                    json: [
                        "person": .integer(Int(person.id)), "name": person.name.map { .string($0) } ?? .null,
                        "faces": .integer(person.faces), "photos": .integer(person.photos),
                    ])
            }
            return
        }
        let number = try gallery.person(person)
        for face in try gallery.faces() where face.person == number {
            let box = [face.box.x, face.box.y, face.box.width, face.box.height]
            results.answer(
                "\(face.id): \(face.photo) at " + box.map { String(Int($0.rounded())) }.joined(separator: " "),
                json: [
                    "face": .integer(Int(face.id)), "file": .string(face.photo), "box": .array(box.map { .number($0) }),
                ])
        }
    }
}

private struct NamePerson: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "name", abstract: "Name a person; another one of that name becomes the same person.")

    @OptionGroup var file: GalleryArgument
    @Argument(help: ArgumentHelp("The person so far, such as '#3'.", valueName: "person"))
    var person: String
    @Argument(help: ArgumentHelp("The name.", valueName: "name"))
    var name: String

    func validate() throws {
        if name.isEmpty || name.hasPrefix("#") { throw ValidationError("'\(name)' cannot be a name") }
    }

    func run() throws { try file.open().name(person, name) }
}

private struct MergePeople: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Make two people one, who keeps the first one's name.")

    @OptionGroup var file: GalleryArgument
    @Argument(help: ArgumentHelp("A person.", valueName: "person"))
    var person: String
    @Argument(help: ArgumentHelp("Another one.", valueName: "person"))
    var other: String

    func run() throws { try file.open().merge(person, other) }
}

private struct SplitPerson: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Take faces away from their person; they are another one, without a name.")

    @OptionGroup var file: GalleryArgument
    @Argument(help: ArgumentHelp("Faces, by the numbers that 'gallery list --person' gives.", valueName: "face"))
    var faces: [Int64]

    func run() throws { StandardOutput.line("#\(try file.open().split(faces))") }
}

private struct RemovePerson: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Delete a person, all their faces, and what the gallery remembers of them; this cannot be taken back."
    )

    @OptionGroup var file: GalleryArgument
    @Argument(help: ArgumentHelp("The person.", valueName: "person"))
    var person: String

    func run() throws {
        let count = try file.open().remove(person)
        StandardOutput.line("\(person) and \(count) \(count == 1 ? "face" : "faces") deleted")
    }
}

private struct UndoChange: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take the latest name, merge, split or clustering back.")

    @OptionGroup var file: GalleryArgument

    func run() throws {
        guard let words = try file.open().undo() else {
            return StandardOutput.line("there is nothing to take back")
        }
        StandardOutput.line("taken back: \(words)")
    }
}
