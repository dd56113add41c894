import Engine
import Foundation
import ModelFiles

/// What other implementations compute, as `tools/goldens/operators.py`, `nodes.py`, `recurrent.py` and `gradients.py` wrote it.
struct Goldens {
    struct Place: Decodable {
        let type: String
        let shape: [Int]
        let offset: Int
    }

    /// Where an ONNX model lies.
    struct Chunk: Decodable {
        let offset, byteCount: Int
    }

    /// Attributes by ONNX's names, and settings by PyTorch's.
    struct Attributes: Decodable {
        var kernel_shape, strides, pads, dilations, perm, axes: [Int]?
        var auto_pad, direction, mode, coordinate_transformation_mode: String?
        var group, ceil_mode, count_include_pad, transA, transB, axis, allowzero, kernel, stride, pad,
            linear_before_reset: Int?
        var alpha, beta, epsilon, momentum, smoothing, weight_decay, eps, limit, rate, positive_weight,
            focusing: Float?
        var nesterov: Bool?
        var betas: [Float]?
    }

    struct Entry: Decodable {
        let source: String
        let `operator`: String
        let attributes: Attributes
        let inputs: [Place?]
        let constants: [Int]
        let outputs: [Place]
        /// The case as a graph, where it is a node of ONNX.
        let model: Chunk?
    }

    private struct File: Decodable { let cases: [Entry] }

    let entries: [Entry]
    private let bytes: [UInt8]

    init(_ name: String = "operators") throws {
        let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")
        entries = try JSONDecoder().decode(
            File.self, from: Data(contentsOf: directory.appending(path: "\(name).json"))
        ).cases
        bytes = Array(try Data(contentsOf: directory.appending(path: "\(name).bin")))
    }

    func tensor(_ place: Place) throws -> Tensor {
        let type = TensorType(ElementType(rawValue: place.type) ?? .f32, Shape(place.shape))
        return try Tensor(bytes: Array(bytes[place.offset..<place.offset + type.byteCount]), type)
    }

    /// A node's graph, of which inputs are called by their places.
    func graph(_ model: Chunk) throws -> Graph {
        try Graph(onnx: Array(bytes[model.offset..<model.offset + model.byteCount]), name: "golden")
    }
}

extension Goldens.Attributes {
    /// The window that ONNX's attributes describe; `pads` is top, left, bottom, right, or PyTorch's two.
    var window: SpatialWindow {
        func pair(_ values: [Int]?) -> SpatialWindow.Pair { values.map { SpatialWindow.Pair($0[0], $0[1]) } ?? 1 }
        let padding: Padding =
            switch auto_pad {
            case "SAME_UPPER": .same
            case "SAME_LOWER": .sameLower
            default:
                switch pads?.count {
                case 4: .explicit(top: pads?[0] ?? 0, left: pads?[1] ?? 0, bottom: pads?[2] ?? 0, right: pads?[3] ?? 0)
                case 2: .explicit(top: pads?[0] ?? 0, left: pads?[1] ?? 0, bottom: pads?[0] ?? 0, right: pads?[1] ?? 0)
                default: .valid
                }
            }
        return SpatialWindow(
            kernel: pair(kernel_shape), strides: pair(strides), dilations: pair(dilations), padding: padding,
            roundsUp: ceil_mode == 1)
    }
}
