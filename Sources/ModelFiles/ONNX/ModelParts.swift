import SwiftProtobuf

/// An ONNX model whose weights are still bytes.
///
/// Weights are most of a file. To parse them with all else would copy them once more: so they are found, and stay where they are.
struct ModelParts {
    /// A tensor without its elements, and those where they are raw bytes.
    typealias Initializer = (tensor: Onnx_TensorProto, raw: ArraySlice<UInt8>?)

    /// All but the initializers.
    let model: Onnx_ModelProto
    let initializers: [Initializer]

    /// - Throws: `Fault` where the bytes are no model.
    init(_ bytes: [UInt8]) throws(Fault) {
        // The numbers of fields are those of onnx.proto: ModelProto.graph, GraphProto.initializer, TensorProto.raw_data.
        let (graphs, outside) = try Self.taken(7, from: bytes[...])
        var initializers: [Initializer] = []
        var inside: [UInt8] = []
        // A message that is there twice is one, by protobuf's rules.
        for graph in graphs {
            let (tensors, rest) = try Self.taken(5, from: graph)
            inside += rest
            for tensor in tensors {
                let (raw, rest) = try Self.taken(9, from: tensor)
                do { initializers.append((try Onnx_TensorProto(serializedBytes: rest), raw.last)) } catch {
                    throw Self.foreign
                }
            }
        }
        do {
            var model = try Onnx_ModelProto(serializedBytes: outside)
            if !graphs.isEmpty { model.graph = try Onnx_GraphProto(serializedBytes: inside) }
            self.model = model
        } catch {
            throw Self.foreign
        }
        self.initializers = initializers
    }

    private static let foreign = Fault("not an ONNX model, or cut short")

    /// The contents of a message's fields of a number, and the message without them.
    private static func taken(_ number: UInt64, from message: ArraySlice<UInt8>) throws(Fault) -> (
        fields: [ArraySlice<UInt8>], rest: [UInt8]
    ) {
        var fields: [ArraySlice<UInt8>] = [], rest: [UInt8] = []
        var left = message
        while !left.isEmpty {
            let field = left
            guard let tag = number64(&left) else { throw foreign }
            let length: UInt64
            switch tag & 7 {
            case 0:
                guard number64(&left) != nil else { throw foreign }
                length = 0
            case 1: length = 8
            case 2:
                guard let given = number64(&left) else { throw foreign }
                length = given
            case 5: length = 4
            default: throw foreign
            }
            guard length <= UInt64(left.count) else { throw foreign }
            let contents = left.prefix(Int(length))
            left = left.dropFirst(Int(length))
            if tag == number << 3 | 2 {
                fields.append(contents)
            } else {
                rest += field[field.startIndex..<left.startIndex]
            }
        }
        return (fields, rest)
    }

    /// Takes a number of seven bits a byte, the lowest first; nil where there is none.
    private static func number64(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }
}
