import Engine
import ModelFiles
import Testing

@Suite struct NPYTests {
    static let types: [(String, ElementType)] = [
        ("f2", .f16), ("f4", .f32), ("f8", .f32), ("i1", .i8), ("i2", .i32), ("i4", .i32), ("i8", .i64), ("u1", .u8),
        ("u2", .i32),
        ("u4", .i64), ("b1", .bool),
    ]

    @Test(arguments: types) func `NumPy's types are read in both byte orders`(name: String, type: ElementType) throws {
        let expected: [Float] = type == .bool ? [0, 1, 0, 1, 0, 1] : [0, 1, 2, 3, 4, 5]
        for order in name.hasSuffix("1") ? ["little"] : ["little", "big"] {
            let tensor = try Tensor(contentsOfNPY: golden("npy/\(name)-\(order).npy"))
            #expect(tensor.type == TensorType(type, [2, 3]))
            #expect(tensor.floats == expected)
        }
    }

    @Test func `Versions, scalars, vectors and empty arrays are read`() throws {
        for version in ["version-2", "version-3"] {
            #expect(
                try Tensor(contentsOfNPY: golden("npy/\(version).npy"))
                    == Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3]))
        }
        #expect(try Tensor(contentsOfNPY: golden("npy/scalar.npy")) == Tensor(2.5))
        #expect(try Tensor(contentsOfNPY: golden("npy/vector.npy")) == Tensor([0, 1, 2] as [Float], shape: [3]))
        #expect(try Tensor(contentsOfNPY: golden("npy/empty.npy")) == Tensor(zeros: [0, 4]))
    }

    @Test func `Fortran order, big-endian and widened, becomes C order`() throws {
        let tensor = try Tensor(contentsOfNPY: golden("npy/fortran.npy"))
        #expect(tensor == Tensor((0..<24).map(Int32.init), shape: [2, 3, 4]))
    }

    @Test func `Doubles are rounded, signs and large unsigned numbers kept`() throws {
        let extremes = try Tensor(contentsOfNPY: golden("npy/extremes.npy")).floats
        #expect(extremes[0] == -.infinity && extremes[1].isNaN && extremes[2] == .infinity)
        #expect(extremes[3...] == [0, 0.1])
        #expect(
            try Tensor(contentsOfNPY: golden("npy/signed.npy")) == Tensor([-1, -32_768, 32_767] as [Int32], shape: [3]))
        #expect(
            try Tensor(contentsOfNPY: golden("npy/unsigned.npy")) == Tensor([0, 4_294_967_295] as [Int64], shape: [2]))
    }

    @Test(arguments: ["f2", "f4", "i1", "i4", "i8", "u1", "b1"])
    func `What is written is what NumPy writes`(name: String) throws {
        let scratch = try Scratch()
        let original = golden("npy/\(name)-little.npy"), copy = scratch.path + "/copy.npy"
        try Tensor(contentsOfNPY: original).write(toNPY: copy)
        #expect(try FileBytes.read(copy) == FileBytes.read(original))
    }

    @Test func `Scalars, vectors and empty arrays are written as NumPy writes them`() throws {
        let scratch = try Scratch()
        for name in ["scalar", "vector", "empty"] {
            let original = golden("npy/\(name).npy"), copy = scratch.path + "/copy.npy"
            try Tensor(contentsOfNPY: original).write(toNPY: copy)
            #expect(try FileBytes.read(copy) == FileBytes.read(original))
        }
    }

    @Test func `bf16 is written as f4`() throws {
        let scratch = try Scratch()
        let file = scratch.path + "/a.npy"
        try Tensor(bytes: [0xC0, 0x3F], TensorType(.bf16, [1])).write(toNPY: file)
        #expect(try Tensor(contentsOfNPY: file) == Tensor([1.5], shape: [1]))
    }

    struct Refusal: CustomTestStringConvertible {
        var header: String
        var dataBytes = 0
        var text: String
        var testDescription: String { header }
    }

    static let refusals = [
        Refusal(header: "", text: "the header lacks '{' at byte 0"),
        Refusal(header: "{}", text: "the header has no 'descr'"),
        Refusal(header: "{'descr': '<f4'}", text: "the header has no 'fortran_order'"),
        Refusal(header: "{'descr': '<f4', 'fortran_order': False", text: "the header lacks '}' at byte 39"),
        Refusal(header: "{'descr': '<f4', 'fortran_order': False}", text: "the header has no 'shape'"),
        Refusal(
            header: "{'descr': '<f4', 'fortran_order': None}", text: "the header has neither True nor False at byte 34"),
        Refusal(
            header: "{'descr': '<f4', 'descr': '<f4'}", text: "key 'descr' of the header is unknown or there twice"),
        Refusal(header: "{'description': 1}", text: "key 'description' of the header is unknown or there twice"),
        Refusal(header: "{'descr': '<f4}", text: "a text of the header does not end"),
        Refusal(header: "{'descr': 4}", text: "the header has no plain text at byte 10"),
        Refusal(
            header: "{'descr': '|f4', 'fortran_order': False, 'shape': ()}",
            text:
                "element type '|f4' is not supported; supported are f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, b1 with < or >"
        ),
        Refusal(
            header: "{'descr': '<f4', 'fortran_order': False, 'shape': (3)}", dataBytes: 12,
            text: "the shape in the header is no tuple"),
        Refusal(
            header: "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}",
            text: "the header has no dimension that can be at byte 51"),
        Refusal(
            header: "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            text: "the header has no dimension that can be at byte 51"),
        Refusal(
            header: "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
            text: "shape [4294967296, 4294967296] has more elements than memory can hold"),
        Refusal(
            header: "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}",
            text: "a shape of 9 dimensions; at most 8 are supported"),
        Refusal(
            header: "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,)}", dataBytes: 4,
            text: "4 bytes of data where f32[1099511627776] has 4398046511104"),
        Refusal(
            header: "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", dataBytes: 13,
            text: "13 bytes of data where f32[3] has 12"),
        Refusal(
            header: "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", dataBytes: 3,
            text: "truth value 7 at place 0 is neither 0 nor 1"),
        Refusal(
            header: "{'descr': '<f4', 'fortran_order': False, 'shape': ()} 1",
            text: "the header goes on after its dictionary"),
    ]

    @Test(arguments: refusals) func `A header that is none is refused with words`(row: Refusal) throws {
        let scratch = try Scratch()
        let preamble: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0, UInt8(row.header.utf8.count), 0]
        let file = try scratch.file("a.npy", preamble + row.header.utf8 + Array(repeating: 7, count: row.dataBytes))
        #expect(fault { _ = try Tensor(contentsOfNPY: file) } == "a.npy: " + row.text)
    }

    @Test func `A longer number of Python 2, other quotes and no last comma are read`() throws {
        let scratch = try Scratch()
        let header = "{\"shape\": (1L,), \"fortran_order\":True,\"descr\":'=f4'}"
        let file = try scratch.file(
            "a.npy", [0x93] + "NUMPY".utf8 + [1, 0, UInt8(header.utf8.count), 0] + header.utf8 + [0, 0, 128, 63])
        #expect(try Tensor(contentsOfNPY: file) == Tensor([1] as [Float], shape: [1]))
    }

    @Test(arguments: [
        ("refused-u8", "element type '<u8' is not supported"),
        ("refused-complex", "element type '<c8' is not supported"),
        ("refused-text", "element type '<U2' is not supported"),
        ("refused-record", "the header has no plain text at byte 10"),
    ])
    func `Types that fit none of ours are refused`(name: String, text: String) {
        #expect(
            fault { _ = try Tensor(contentsOfNPY: golden("npy/\(name).npy")) }?.hasPrefix("\(name).npy: \(text)")
                == true)
    }

    @Test func `What is no NumPy file is refused`() throws {
        let scratch = try Scratch()
        let text = fault { _ = try Tensor(contentsOfNPY: scratch.file("a.npy", Array("hello, world".utf8))) }
        #expect(text == "a.npy: not a NumPy file, which begins with \\x93NUMPY")
        let version = fault { _ = try Tensor(contentsOfNPY: scratch.file("a.npy", [0x93] + "NUMPY".utf8 + [4, 0])) }
        #expect(version == "a.npy: NumPy format 4.0 is not supported; supported are 1.0, 2.0 and 3.0")
        let long = fault {
            _ = try Tensor(contentsOfNPY: scratch.file("a.npy", [0x93] + "NUMPY".utf8 + [2, 0, 255, 255, 255, 255]))
        }
        #expect(long == "a.npy: the header has 4294967295 bytes, more than the 65535 allowed")
        #expect(fault { _ = try Tensor(contentsOfNPY: "/dev/zero") } == "zero: neither a file nor a folder")
    }

    @Test func `A damaged file never traps, and a cut one is refused`() throws {
        let scratch = try Scratch()
        for name in ["fortran", "b1-little", "version-3"] {
            let damaged = DamagedBytes(whole: try FileBytes.read(golden("npy/\(name).npy")))
            for bytes in damaged.cut {
                let file = try scratch.file("a.npy", bytes)
                #expect(fault { _ = try Tensor(contentsOfNPY: file) } != nil)
            }
            for bytes in damaged.changed(1_000, prefix: 80) {
                let file = try scratch.file("a.npy", bytes)
                _ = fault { _ = try Tensor(contentsOfNPY: file) }
            }
        }
    }
}
