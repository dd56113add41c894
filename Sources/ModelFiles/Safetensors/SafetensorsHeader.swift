import Engine

/// The header of a safetensors file: for each tensor its type and where its bytes lie after the header.
///
/// Source: Hugging Face, safetensors, "Format". As its reader does, this one refuses gaps and overlaps.
struct SafetensorsHeader {
    /// One tensor's place.
    struct Entry {
        var name: String
        var type: TensorType
        var range: Range<Int>
    }

    static let metadataName = "__metadata__"

    /// In the order of their bytes.
    var entries: [Entry]
    var metadata: [String: String]

    /// Places for tensors, the widest elements first, so that each is aligned to its own width, and by name among those.
    init(placing tensors: [String: Tensor], metadata: [String: String]) {
        self.metadata = metadata
        let names = tensors.keys.sorted()
        var end = 0
        entries = []
        for width in [8, 4, 2, 1] {
            for name in names {
                guard let type = tensors[name]?.type, type.elementType.byteCount == width else { continue }
                entries.append(Entry(name: name, type: type, range: end..<end + type.byteCount))
                end += type.byteCount
            }
        }
    }

    /// - Parameter byteCount: the bytes of the file after the header.
    /// - Throws: `Fault` where the header is not JSON, or does not place exactly those bytes.
    init(parsing text: [UInt8], byteCount: Int) throws(Fault) {
        guard case .object(let members) = try JSONValue(parsing: text) else {
            throw Fault("the header is no JSON object", place: "header")
        }
        entries = []
        metadata = [:]
        for (name, value) in members {
            if name == Self.metadataName {
                metadata = try Self.texts(value)
            } else {
                do { entries.append(try Entry(name, value)) } catch {
                    throw Fault(error.text, place: "tensor \(name.quoted)")
                }
            }
        }
        // Empty tensors share their place with the one that follows.
        entries.sort {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound == end else {
                let fault =
                    entry.range.lowerBound < end
                    ? "its bytes overlap those of another" : "bytes before it belong to no tensor"
                throw Fault(fault, place: "tensor \(entry.name.quoted)")
            }
            end = entry.range.upperBound
        }
        guard end == byteCount else {
            throw Fault(
                "\(byteCount) bytes of data where the header places \(end)", remedy: "the file may be cut short")
        }
    }

    private static func texts(_ value: JSONValue) throws(Fault) -> [String: String] {
        guard case .object(let members) = value else { throw Fault("not an object", place: metadataName) }
        var texts: [String: String] = [:]
        for (key, value) in members {
            guard case .text(let text) = value else { throw Fault("\(key.quoted) is no text", place: metadataName) }
            texts[key] = text
        }
        return texts
    }

    /// The header as JSON, names in order.
    var text: String {
        var members: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map {
                $0.key.inJSON + ":" + $0.value.inJSON
            }
            members.append("\"\(Self.metadataName)\":{" + texts.joined(separator: ",") + "}")
        }
        for entry in entries.sorted(by: { $0.name < $1.name }) {
            members.append(
                entry.name.inJSON + ":{\"dtype\":\"" + entry.type.elementType.safetensorsName
                    + "\",\"shape\":["
                    + entry.type.shape.map(String.init).joined(separator: ",")
                    + "],\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}")
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}

extension SafetensorsHeader.Entry {
    fileprivate init(_ name: String, _ value: JSONValue) throws(Fault) {
        guard case .object(let members) = value else { throw Fault("not an object") }
        if let key = members.keys.filter({ !["dtype", "shape", "data_offsets"].contains($0) }).min() {
            throw Fault("unknown key \(key.quoted)")
        }
        guard case .text(let dtype) = members["dtype"] else { throw Fault("no text 'dtype'") }
        guard let elementType = ElementType.allCases.first(where: { $0.safetensorsName == dtype }) else {
            let known = ElementType.allCases.map(\.safetensorsName).joined(separator: ", ")
            throw Fault("element type \(dtype.quoted) is not supported; supported are \(known)")
        }
        let shape: Shape
        do { shape = try Shape(checking: try members["shape"].integers("shape")) } catch let error as ShapeError {
            throw Fault(error.description)
        } catch { throw error as? Fault ?? Fault("\(error)") }
        let offsets = try members["data_offsets"].integers("data_offsets")
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
            throw Fault("'data_offsets' \(Array(offsets.prefix(3))) are not the begin and the end of a range")
        }
        let type = TensorType(elementType, shape)
        guard offsets[1] - offsets[0] == type.byteCount else {
            throw Fault("\(offsets[1] - offsets[0]) bytes where \(type) has \(type.byteCount)")
        }
        self.init(name: name, type: type, range: offsets[0]..<offsets[1])
    }
}

extension JSONValue? {
    fileprivate func integers(_ key: String) throws(Fault) -> [Int] {
        guard case .array(let elements) = self else { throw Fault("no array '\(key)'") }
        var integers: [Int] = []
        for element in elements {
            guard case .integer(let integer) = element else {
                throw Fault("'\(key)' has something that is no whole number")
            }
            integers.append(integer)
        }
        return integers
    }
}

extension ElementType {
    fileprivate var safetensorsName: String {
        switch self {
        case .f32: "F32"
        case .f16: "F16"
        case .bf16: "BF16"
        case .i8: "I8"
        case .u8: "U8"
        case .i32: "I32"
        case .i64: "I64"
        case .bool: "BOOL"
        }
    }
}
