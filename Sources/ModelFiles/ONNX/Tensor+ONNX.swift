import Engine
import FoundationEssentials
import SwiftProtobuf

extension Tensor {
    /// The tensor of a file.
    ///
    /// Elements of types that we lack are widened: doubles are rounded to `f32`, i16 and u16 become `i32`, u32 becomes `i64`.
    ///
    /// - Parameter raw: its raw data, where that is not in `proto`.
    /// - Throws: `Fault` where the elements are of an unsupported type, elsewhere, or not as many as the dimensions need.
    init(_ proto: Onnx_TensorProto, raw: ArraySlice<UInt8>? = nil) throws(Fault) {
        guard proto.dataLocation == .default, proto.externalData.isEmpty else {
            throw Fault(
                "it names external data, which only a tensor of a model may whose data_location is EXTERNAL",
                isUnsupported: true)
        }
        guard !proto.hasSegment else {
            throw Fault("its elements lie in segments, which is not supported", isUnsupported: true)
        }
        let element = try FileElement(onnx: proto.dataType)
        let shape = try proto.shape()
        if let raw {
            self = try element.tensor(raw.span, shape: shape)
        } else if proto.hasRawData {
            let data = proto.rawData
            self = try element.tensor(data.span, shape: shape)
        } else {
            self = try proto.listed(element, shape)
        }
    }

    /// The tensor of a file that holds nothing but a `TensorProto`, as the data of ONNX's own tests.
    ///
    /// - Throws: `ModelFileError` where the file cannot be read, or is no such tensor.
    package init(contentsOfTensorProto path: String) throws {
        let bytes = try FileBytes.read(path, limit: 1 << 31 - 1)
        guard let proto = try? Onnx_TensorProto(serializedBytes: bytes) else {
            throw ModelFileError(path, "not an ONNX tensor, or cut short")
        }
        do { try self.init(proto) } catch { throw ModelFileError(path, error) }
    }
}

extension Onnx_TensorProto {
    /// A tensor to write.
    init(_ tensor: Tensor, name: String) {
        self.init()
        self.name = name
        dims = tensor.shape.map(Int64.init)
        dataType = Int32(FileElement(tensor.elementType).onnxType.rawValue)
        rawData = Data(tensor.bytes)
    }

    /// - Throws: `Fault` where the dimensions make no shape.
    func shape() throws(Fault) -> Shape {
        do { return try Shape(checking: dims.map(Int.init)) } catch { throw Fault(error.description) }
    }

    /// The tensor of elements that are listed as numbers.
    fileprivate func listed(_ element: FileElement, _ shape: Shape) throws(Fault) -> Tensor {
        let count =
            switch element {
            case .f32: floatData.count
            case .f64: doubleData.count
            case .i64: int64Data.count
            case .u32: uint64Data.count
            case .f16, .bf16, .i8, .i16, .i32, .u8, .u16, .bool: int32Data.count
            }
        guard count == shape.elementCount else {
            throw Fault("\(count) elements where \(element)\(shape) has \(shape.elementCount)")
        }
        switch element {
        case .f32: return Tensor(floatData, shape: shape)
        case .f64: return Tensor(doubleData.map { Float($0) }, shape: shape)
        case .i64: return Tensor(int64Data, shape: shape)
        case .i32: return Tensor(int32Data, shape: shape)
        case .u32: return try element.tensor(littleEndianBytes(uint64Data, as: UInt32.self), shape: shape)
        case .i8: return try element.tensor(littleEndianBytes(int32Data, as: Int8.self), shape: shape)
        case .i16: return try element.tensor(littleEndianBytes(int32Data, as: Int16.self), shape: shape)
        case .u8, .bool: return try element.tensor(littleEndianBytes(int32Data, as: UInt8.self), shape: shape)
        case .f16, .bf16, .u16: return try element.tensor(littleEndianBytes(int32Data, as: UInt16.self), shape: shape)
        }
    }
}

/// The bytes of numbers that are listed in a wider type.
private func littleEndianBytes<Wide: FixedWidthInteger, Narrow: FixedWidthInteger>(_ values: [Wide], as _: Narrow.Type)
    throws(Fault) -> [UInt8]
{
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * Narrow.bitWidth / 8)
    for value in values {
        guard let narrow = Narrow(exactly: value) else { throw Fault("element \(value) does not fit its type") }
        for place in 0..<Narrow.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: narrow >> (8 * place))) }
    }
    return bytes
}

extension FileElement {
    /// The element type that a tensor or an input declares.
    ///
    /// - Throws: `Fault` that names a type that is not supported.
    init(onnx number: Int32) throws(Fault) {
        let type = Onnx_TensorProto.DataType(rawValue: Int(number))
        guard let element = Self.allCases.first(where: { $0.onnxType == type }) else {
            throw Fault(
                "elements of type \(type.map { "\($0)" } ?? "\(number)") are not supported", isUnsupported: true)
        }
        self = element
    }

    var onnxType: Onnx_TensorProto.DataType {
        switch self {
        case .f16: .float16
        case .bf16: .bfloat16
        case .f32: .float
        case .f64: .double
        case .i8: .int8
        case .i16: .int16
        case .i32: .int32
        case .i64: .int64
        case .u8: .uint8
        case .u16: .uint16
        case .u32: .uint32
        case .bool: .bool
        }
    }
}
