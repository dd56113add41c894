import Engine
import Testing

@Suite struct TensorTests {
    @Test("a tensor gives back what it was made of")
    func basics() throws {
        let tensor = Tensor([0, 0.5, 1.5, -2], shape: [2, 2])
        #expect(
            tensor.floats == [0, 0.5, 1.5, -2] && tensor.integers == nil && tensor.description == "Tensor f32[2, 2]")
        #expect(Tensor([1, 2, 3] as [Int64], shape: [3]).integers == [1, 2, 3])
        #expect(Tensor([1, -2] as [Int32], shape: [2]).floats == [1, -2])
        #expect(Tensor([1, 255] as [UInt8], shape: [2]).integers == [1, 255])
        #expect(Tensor([true, false], shape: [2]).integers == [1, 0])
        #expect(Tensor(3).shape == [] && Tensor(3).floats == [3])
        #expect(Tensor(zeros: [0, 3]).floats == [] && Tensor(zeros: [2], .bf16).floats == [0, 0])
    }

    @Test("bytes are little-endian, and as many as the type has")
    func bytes() throws {
        #expect(Tensor([1] as [Int32], shape: [1]).bytes == [1, 0, 0, 0])
        #expect(try Tensor(bytes: [0, 0x3C, 0, 0xC0], TensorType(.f16, [2])).floats == [1, -2])
        #expect(try Tensor(bytes: [0x80, 0x3F, 0x80, 0xBF], TensorType(.bf16, [2])).floats == [1, -1])
        #expect(try Tensor(bytes: [0xFF, 1], TensorType(.i8, [2])).integers == [-1, 1])
        for elementType in ElementType.allCases {
            let type = TensorType(elementType, [3])
            #expect(
                try Tensor(bytes: Array(repeating: 0, count: type.byteCount), type) == Tensor(zeros: [3], elementType))
        }
        #expect(throws: TensorError.self) { try Tensor(bytes: [1, 2, 3], TensorType(.f32, [1])) }
        do throws(TensorError) {
            _ = try Tensor(bytes: [1, 2, 3], TensorType(.f32, [1]))
        } catch {
            #expect(error.description == "3 bytes where a tensor f32[1] has 4")
        }
    }

    @Test("reshaping keeps the elements")
    func reshaping() throws {
        let tensor = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
        #expect(try tensor.reshaped(to: [3, 2]).floats == tensor.floats)
        do throws(TensorError) {
            _ = try tensor.reshaped(to: [4])
            Issue.record("reshaped")
        } catch {
            #expect(error.description == "6 elements of shape [2, 3] do not fill shape [4]")
        }
    }

    @Test("tensors are equal where every bit is")
    func equality() {
        #expect(Tensor([Float.nan], shape: [1]) == Tensor([Float.nan], shape: [1]))
        #expect(Tensor([0], shape: [1]) != Tensor([-0.0], shape: [1]))
        #expect(Tensor([1], shape: [1]) != Tensor([1], shape: []))
        #expect(Tensor(zeros: [4], .u8) != Tensor(zeros: [1], .f32))
    }
}
