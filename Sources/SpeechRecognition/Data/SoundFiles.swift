/// The recordings that a user's arguments name.
package enum SoundFiles {
    /// Extensions of files that are taken from a folder; a file that is named itself may have any.
    static let extensions: Set<String> = [
        "wav", "wave", "flac", "ogg", "oga", "opus", "aif", "aiff", "aifc", "au", "snd", "caf", "mp3", "w64", "rf64",
    ]

    static func isSound(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    /// The files that `argument` names: itself, or in a folder and the folders in it every sound file, sorted.
    ///
    /// - Throws: ``SpeechError`` where a folder cannot be read or has no sound file.
    package static func expanded(_ argument: String) throws -> [String] {
        guard Folder.isFolder(argument) else { return [argument] }
        var files: [String] = []
        try collect(argument, into: &files, above: [])
        guard !files.isEmpty else {
            throw SpeechError(
                argument, "no sound files in this folder", remedy: "names ending in .wav, .flac, .ogg, … are taken")
        }
        return files
    }

    private static func collect(_ folder: String, into files: inout [String], above: [String]) throws {
        let real = Folder.resolved(folder)
        guard !above.contains(real) else { return }  // a link to a folder above
        guard let names = Folder.names(folder) else { throw SpeechError(folder, "the folder cannot be read") }
        for name in names {
            let path = Folder.path(folder, name)
            if Folder.isFolder(path) {
                try collect(path, into: &files, above: above + [real])
            } else if isSound(name) {
                files.append(path)
            }
        }
    }
}
