import Engine
import Foundation
import ModelFiles
import ModelInspection
import Testing

/// The node tests of the onnx package, which `tools/node-tests` makes.
@Suite struct NodeTests {
    private static let folder =
        (ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache")
        + "/engram/node-tests-1.23.2"
    private static let list =
        #filePath.components(separatedBy: "/").dropLast().joined(separator: "/")
        + "/Goldens/node-tests.tsv"

    /// Cases of operators that are read, of element types that are computed with, which do not pass; and why.
    private static let exceptions: [(reason: String, names: [String])] = [
        (
            "three spatial dimensions; images and lines are supported",
            [
                "test_averagepool_3d_default", "test_averagepool_3d_dilations_small",
                "test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_False",
                "test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_True",
                "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_False",
                "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True",
                "test_convtranspose_3d", "test_maxpool_3d_default", "test_maxpool_3d_dilations",
                "test_maxpool_3d_dilations_use_ref_impl", "test_maxpool_3d_dilations_use_ref_impl_large",
            ]
        ),
        (
            "random numbers of numpy's generator are expected",
            [
                "test_training_dropout", "test_training_dropout_default", "test_training_dropout_default_mask",
                "test_training_dropout_mask",
            ]
        ),
        (
            "the corners of 2.4 elements are expected; ONNX Runtime and PyTorch align those of the 2 that there are",
            ["test_resize_downsample_scales_cubic_align_corners", "test_resize_downsample_scales_linear_align_corners"]
        ),
        ("peepholes", ["test_lstm_with_peepholes"]),
        (
            "numbers of f64 between inputs and outputs of the four types",
            ["test_attention_local_window_gqa_rank4_mask_expanded", "test_reduce_log_sum_exp_empty_set_expanded"]
        ),
        (
            "remainders of floats with the sign of the divisor, which opset 28 brings",
            ["test_mod_float32_mixed_sign_fmod_0", "test_mod_float_edge_cases_fmod_0_float32"]
        ),
    ]

    /// Whether a case is of operators, element types and an opset that are read.
    private static func isClaimed(_ test: BackendTest) throws -> Bool {
        let outline = try ModelOutline(contentsOfONNX: test.folder + "/model.onnx")
        return outline.opset != nil && outline.operators.isSubset(of: OperatorNames.onnxNames)
            && outline.elementTypes.isSubset(of: [.f32, .i32, .i64, .bool])
    }

    @Test(
        "every node test of onnx passes, but for those in the list",
        .enabled(if: FileManager.default.fileExists(atPath: folder), "tools/node-tests has not made them"))
    func nodeTests() throws {
        var listed: [String: String] = [:]
        for line in try String(contentsOfFile: Self.list, encoding: .utf8).split(separator: "\n")
        where !line.hasPrefix("#") {
            let parts = line.split(separator: "\t", maxSplits: 2).map(String.init)
            try #require(parts.count == 3 && !parts[2].isEmpty, "no name, outcome and reason: \(line)")
            #expect(listed.updateValue(parts[1], forKey: parts[0]) == nil, "\(parts[0]) is there twice")
        }
        var exceptions = Set(Self.exceptions.flatMap(\.names)), claimed = 0
        for test in try BackendTest.tests(in: Self.folder) {
            let entry = listed.removeValue(forKey: test.name)
            let outcome = test.run(options: Model.Options(threads: 1)).outcome
            if try Self.isClaimed(test) {
                claimed += 1
                let isException = exceptions.remove(test.name) != nil
                #expect((outcome != .passed) == isException, "\(test.name), of operators that are read: \(outcome)")
            }
            switch outcome {
            case .passed: #expect(entry == nil, "\(test.name) passes; tools/node-tests --list makes the list anew")
            case .failed(let fault): #expect(entry == "failed", "\(test.name) failed: \(fault)")
            case .unsupported(let fault): #expect(entry == "unsupported", "\(test.name) is unsupported: \(fault)")
            }
        }
        #expect(listed.isEmpty, "there are no such tests")
        #expect(exceptions.isEmpty, "there are no such cases of operators that are read")
        #expect(claimed > 500)
    }
}
