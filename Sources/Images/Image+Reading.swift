package import Streams

extension Image {
    /// Decodes a file, whatever kind its content is of; `-` is standard input.
    ///
    /// - Throws: `InputError` that names the file and the fault: no image, a kind that is not known, damaged, cut off,
    ///   beyond the limits.
    package init(contentsOf path: String, limits: ImageLimits = ImageLimits()) throws(InputError) {
        let stream = try ByteStream(path: path)
        try self.init(decoding: stream.rest(limit: limits.bytes), named: stream.name, limits: limits)
    }

    /// Decodes the bytes of a file.
    ///
    /// - Parameter name: what errors call it.
    package init(decoding bytes: [UInt8], named name: String, limits: ImageLimits = ImageLimits()) throws(InputError) {
        guard !bytes.isEmpty else { throw InputError(name, "empty") }
        guard let format = ImageFormat(beginning: bytes) else {
            let kinds = ImageFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw InputError(name, "not an image that can be read", remedy: "those are \(kinds)")
        }
        let source = ImageSource(name: name, format: format, bytes: bytes, limits: limits)
        switch format {
        case .jpeg: self = try JPEGFile.decode(source)
        case .png: self = try PNGFile.decode(source)
        case .webp: self = try WebPFile.decode(source)
        case .heif: self = try HEIFFile.decode(source)
        case .portableMap: self = try PortableMap.decode(source)
        }
    }
}
