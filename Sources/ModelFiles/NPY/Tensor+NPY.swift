public import Engine

extension Tensor {
    /// The array of a NumPy `.npy` file.
    ///
    /// Little and big endian, C and Fortran order are read. f2, f4, i1, u1, i4, i8 and b1 keep their types; f8 is rounded to `f32`,
    /// i2 and u2 become `i32`, u4 becomes `i64`. Other types are refused, u8 among them, which fits none of ours.
    ///
    /// - Throws: `ModelFileError` where the file cannot be read, or is not such a file.
    public init(contentsOfNPY path: String) throws {
        do { self = try Self.readNPY(path) } catch let fault as Fault { throw ModelFileError(path, fault) }
    }

    private static func readNPY(_ path: String) throws -> Tensor {
        let file = try OpenFile(reading: path)
        guard let byteCount = file.byteCount else { throw Fault("neither a file nor a folder") }
        let preamble = try file.read(8)
        guard preamble.starts(with: magic) else { throw Fault("not a NumPy file, which begins with \\x93NUMPY") }
        guard preamble.count == 8 else { throw Fault("the file ends inside its header") }
        guard (1...3).contains(preamble[6]), preamble[7] == 0 else {
            throw Fault("NumPy format \(preamble[6]).\(preamble[7]) is not supported; supported are 1.0, 2.0 and 3.0")
        }
        let lengthBytes = preamble[6] == 1 ? 2 : 4
        let length = try file.read(lengthBytes).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= longestHeader else {
            throw Fault("the header has \(length) bytes, more than the \(longestHeader) allowed")
        }
        let text = try file.read(length)
        guard text.count == length else { throw Fault("the file ends inside its header") }
        let header = try NPYHeader(parsing: text)

        // Shape allows eight bytes for each element, and no element here has more.
        let expected = header.shape.elementCount * header.element.byteCount
        let rest = byteCount - 8 - lengthBytes - length
        guard rest == expected, expected <= OpenFile.physicalMemory else {
            throw Fault("\(rest) bytes of data where \(header.element)\(header.shape) has \(expected)")
        }
        if let type = header.element.sameType, !header.isBigEndian, !header.isFortranOrder {
            return try file.readTensor(TensorType(type, header.shape))
        }
        let data = try file.read(expected)
        guard data.count == expected else { throw Fault("the file ends inside its data") }
        return try NPYData(header: header, bytes: data).tensor()
    }

    /// Writes a NumPy `.npy` file: little endian, C order, format 1.0, byte for byte as NumPy does.
    ///
    /// `bf16`, which NumPy lacks, is written as f4, which holds it exactly.
    ///
    /// - Throws: `ModelFileError` where that fails; a file that was there is unchanged then.
    public func write(toNPY path: String) throws {
        var text = Array(
            NPYHeader(element: elementType == .bf16 ? .f32 : FileElement(elementType), shape: shape).text.utf8)
        // NumPy ends the header at a multiple of 64 bytes.
        text += Array(repeating: UInt8(ascii: " "), count: 63 - (10 + text.count) % 64) + [UInt8(ascii: "\n")]
        let file = try AtomicFile(replacing: path)
        try file.write(Self.magic + [1, 0] + [UInt8(text.count & 255), UInt8(text.count >> 8)] + text)
        try file.write(elementType == .bf16 ? Tensor(floats, shape: shape).bytes : bytes)
        try file.finish()
    }

    private static let magic: [UInt8] = [0x93] + "NUMPY".utf8
    private static let longestHeader = 65_535
}
