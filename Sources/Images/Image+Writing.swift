package import Streams

extension Image {
    /// Writes a PNG or JPEG file, as the name's ending says (`.png`, `.jpg`, `.jpeg`), beside the name and then renamed.
    ///
    /// - Parameter quality: of JPEG, 1 to 100.
    /// - Throws: `InputError` for another ending, or where the system refuses it.
    package func write(to path: String, quality: Int = 92) throws(InputError) {
        let ending = path.split(separator: ".").last.map { $0.lowercased() }
        let bytes: [UInt8]
        switch ending {
        case "png": bytes = PNGFile.encode(self)
        case "jpg", "jpeg": bytes = JPEGFile.encode(self, quality: quality)
        default: throw InputError(path, "not the name of a picture", remedy: "it ends with .png, .jpg or .jpeg")
        }
        guard !bytes.isEmpty else { throw InputError(path, "cannot be written, there is no memory") }
        try WholeFile.write(bytes, to: path)
    }
}
