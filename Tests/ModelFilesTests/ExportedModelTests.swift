import Engine
import Foundation
import ModelFiles
import Testing

/// Networks as PyTorch's exporters and tf2onnx write them (tools/goldens/exported_models.py, exported_keras_models.py).
@Suite struct ExportedModelTests {
    static let names = [
        "attention-export-20", "bidirectional-lstm-torchscript-13", "causal-convolution-torchscript-12",
        "centerface-torchscript-11", "dense-export-23", "dense-torchscript-9", "depthwise-torchscript-14",
        "gru-lengths-torchscript-17", "keras-cnn-15", "keras-decoder-13", "keras-dense-11", "keras-gru-15",
        "keras-lstm-18", "keras-lstm-9", "language-torchscript-15", "norms-export-21", "norms-torchscript-18",
        "residual-torchscript-9", "shapes-export-18", "shapes-torchscript-13", "step-export-18",
        "transformer-export-18", "unet-export-18", "unet-interpolating-torchscript-11", "upscaling-torchscript-9",
    ]

    /// What goes in and what ONNX Runtime makes of it, for two sets of sizes.
    private func cases(_ name: String) throws -> [(inputs: [String: Tensor], outputs: [String: Tensor])] {
        let tensors = try Safetensors(contentsOf: golden("exported/\(name).safetensors")).tensors
        func part(_ prefix: String) -> [String: Tensor] {
            let named = tensors.filter { $0.key.hasPrefix(prefix) }
            return Dictionary(uniqueKeysWithValues: named.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
        }
        return (0..<2).map { (part("\($0).input."), part("\($0).output.")) }
    }

    /// The largest difference of two outputs; nil where they are of different types.
    private func difference(_ found: Tensor?, _ expected: Tensor) -> Float? {
        guard let found, found.type == expected.type else { return nil }
        guard expected.elementType == .f32 else { return found == expected ? 0 : .infinity }
        return zip(found.floats, expected.floats).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
    }

    @Test(arguments: names, InstructionSet.available)
    func `A network computes what ONNX Runtime does, at any size`(name: String, instructionSet: InstructionSet) throws {
        let options = Model.Options(threads: 2, instructionSet: instructionSet)
        let model = try Model(contentsOf: golden("exported/\(name).onnx"), options: options)
        for (inputs, outputs) in try cases(name) {
            let found = try model.run(inputs)
            #expect(Set(found.keys) == Set(outputs.keys))
            for (output, expected) in outputs {
                // Sums of some hundred products in another order, one layer after the other.
                #expect(try #require(difference(found[output], expected)) < 1e-5, "\(output)")
            }
        }
    }

    /// Of those, what has operators that are written as several of opset 17, which round otherwise.
    static let spelledOut: Set = ["norms-export-21"]

    @Test(arguments: names)
    func `What is written of a network computes the same`(name: String) throws {
        let scratch = try Scratch(), copy = scratch.path + "/copy.onnx"
        let model = try Model(contentsOf: golden("exported/\(name).onnx"))
        try model.write(toONNX: copy)
        let written = try Model(contentsOf: copy)
        #expect(written.graph.inputs.map(\.dimensions) == model.graph.inputs.map(\.dimensions))
        for (inputs, _) in try cases(name) {
            let found = try written.run(inputs), expected = try model.run(inputs)
            if Self.spelledOut.contains(name) {
                for (output, tensor) in expected {
                    #expect(try #require(difference(found[output], tensor)) < 1e-5, "\(output)")
                }
            } else {
                #expect(found == expected)
            }
        }
    }

    @Test func `Every golden is tested`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: golden("exported"))
        #expect(files.sorted() == Self.names.flatMap { ["\($0).onnx", "\($0).safetensors"] }.sorted())
    }
}
