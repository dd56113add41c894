import Engine
import ModelFiles
import Testing

@Suite struct SafetensorsTests {
    static let everyType = golden("safetensors/every-type.safetensors")

    @Test func `Every element type and every text is read`() throws {
        let file = try Safetensors(contentsOf: Self.everyType)
        #expect(file.metadata == ["labels": "yes\n\"no\"\\", "épreuve": "ü"])
        #expect(file.tensors.count == 9)
        #expect(file.tensors["i64"] == Tensor([-1, 1_099_511_627_776] as [Int64], shape: [2]))
        #expect(file.tensors["f32"] == Tensor([0.5, -2], shape: [1, 2]))
        #expect(file.tensors["i32"] == Tensor([-7] as [Int32], shape: []))
        #expect(file.tensors["bf16"]?.elementType == .bf16 && file.tensors["bf16"]?.floats == [1.5, -2])
        #expect(file.tensors["f16"]?.elementType == .f16 && file.tensors["f16"]?.floats == [1.5, -2])
        #expect(file.tensors["bool"] == Tensor([false, true], shape: [2]))
        #expect(file.tensors["empty"] == Tensor([UInt8](), shape: [0, 3]))
        #expect(file.tensors["i8"]?.elementType == .i8 && file.tensors["i8"]?.floats == [-1, 127])
        #expect(file.tensors["u8"] == Tensor([0, 127, 255] as [UInt8], shape: [3]))
    }

    @Test func `What is written has the same bytes each time, and as the golden`() throws {
        let scratch = try Scratch()
        let copy = scratch.path + "/copy.safetensors"
        try Safetensors(contentsOf: Self.everyType).write(to: copy)
        #expect(try FileBytes.read(copy) == FileBytes.read(Self.everyType))
    }

    @Test func `Nothing is a file too`() throws {
        let scratch = try Scratch()
        let file = scratch.path + "/a.safetensors"
        try Safetensors(tensors: [:]).write(to: file)
        #expect(try Safetensors(contentsOf: file) == Safetensors(tensors: [:]))
    }

    @Test func `Names with quotes, controls and other planes come back`() throws {
        let scratch = try Scratch()
        let file = scratch.path + "/a.safetensors"
        let names = ["a\"b\\c\n\u{1}", "𝄞é", "", "{}:,"]
        let content = Safetensors(
            tensors: Dictionary(uniqueKeysWithValues: names.map { ($0, Tensor(1)) }),
            metadata: Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
        try content.write(to: file)
        #expect(try Safetensors(contentsOf: file) == content)
    }

    @Test func `A tensor cannot take the name of the texts`() throws {
        let scratch = try Scratch()
        let text = fault { try Safetensors(tensors: ["__metadata__": Tensor(1)]).write(to: scratch.path + "/a") }
        #expect(text == "a: a tensor cannot be named '__metadata__'")
        #expect(try scratch.names() == [])
    }

    struct Refusal: CustomTestStringConvertible {
        var header: String
        var dataBytes = 0
        var text: String
        var testDescription: String { header }
    }

    static let refusals = [
        Refusal(header: "", text: "header, byte 0: an object, an array, a text or a whole number expected"),
        Refusal(header: "[]", text: "header: the header is no JSON object"),
        Refusal(header: "{", text: "header, byte 1: '\"' expected"),
        Refusal(header: "{} {}", text: "header, byte 3: more than one value"),
        Refusal(header: "[[[[[[[[[[", text: "header, byte 8: more than 8 values in one another"),
        Refusal(header: "{\"a\":1.5}", text: "header, byte 6: '}' expected"),
        Refusal(header: "{\"a\":-}", text: "header, byte 5: an object, an array, a text or a whole number expected"),
        Refusal(header: "{\"a", text: "header, byte 3: a text that does not end"),
        Refusal(header: "{\"a\n\":1}", text: "header, byte 3: a control character in a text"),
        Refusal(header: "{\"\\x\":1}", text: "header, byte 4: an unknown escape"),
        Refusal(header: "{\"\\ud800\":1}", text: "header, byte 8: half of a surrogate pair"),
        Refusal(header: "{\"\\u12g4\":1}", text: "header, byte 4: four hexadecimal digits expected"),
        Refusal(header: "{\"a\":1,\"a\":2}", text: "header, byte 12: name 'a' is there twice"),
        Refusal(header: "{\"__metadata__\":1}", text: "__metadata__: not an object"),
        Refusal(header: "{\"__metadata__\":{\"a\":1}}", text: "__metadata__: 'a' is no text"),
        Refusal(header: "{\"w\":1}", text: "tensor 'w': not an object"),
        Refusal(header: "{\"w\":{}}", text: "tensor 'w': no text 'dtype'"),
        Refusal(header: "{\"w\":{\"type\":1}}", text: "tensor 'w': unknown key 'type'"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"F64\"}}",
            text:
                "tensor 'w': element type 'F64' is not supported; supported are F32, F16, BF16, I8, U8, I32, I64, BOOL"),
        Refusal(header: "{\"w\":{\"dtype\":\"F32\"}}", text: "tensor 'w': no array 'shape'"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"F32\",\"shape\":[\"2\"]}}",
            text: "tensor 'w': 'shape' has something that is no whole number"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2]}}",
            text: "tensor 'w': shape [-2] has a negative dimension"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296]}}",
            text: "tensor 'w': shape [4294967296, 4294967296] has more elements than memory can hold"),
        Refusal(header: "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", text: "tensor 'w': no array 'data_offsets'"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
            text: "tensor 'w': 'data_offsets' [8, 0] are not the begin and the end of a range"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
            text: "tensor 'w': 'data_offsets' [-8, 0] are not the begin and the end of a range"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9]}}", dataBytes: 9,
            text: "tensor 'w': 9 bytes where f32[2] has 8"),
        Refusal(
            header:
                "{\"w\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"v\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
            dataBytes: 3, text: "tensor 'v': its bytes overlap those of another"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", dataBytes: 3,
            text: "tensor 'w': bytes before it belong to no tensor"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"U8\",\"shape\":[1099511627776],\"data_offsets\":[0,1099511627776]}}",
            dataBytes: 3,
            text: "3 bytes of data where the header places 1099511627776; the file may be cut short"),
        Refusal(
            header: "{\"w\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[0,1]}}", dataBytes: 1,
            text: "tensor 'w': truth value 7 at place 0 is neither 0 nor 1"),
        Refusal(
            header: "{}", dataBytes: 1, text: "1 bytes of data where the header places 0; the file may be cut short"),
    ]

    @Test(arguments: refusals) func `A header that is none is refused with words`(row: Refusal) throws {
        let scratch = try Scratch()
        let length = row.header.utf8.count
        let bytes =
            [UInt8(length), 0, 0, 0, 0, 0, 0, 0] + row.header.utf8 + Array(repeating: 7 as UInt8, count: row.dataBytes)
        let file = try scratch.file("a", bytes)
        #expect(fault { _ = try Safetensors(contentsOf: file) } == "a: " + row.text)
    }

    @Test func `A header longer than its file is refused`() throws {
        let scratch = try Scratch()
        #expect(
            fault { _ = try Safetensors(contentsOf: scratch.file("a", Array(repeating: 255, count: 9))) }
                == "a: not a safetensors file, or cut short: a header of 18446744073709551615 bytes in a file of 9")
        #expect(
            fault { _ = try Safetensors(contentsOf: scratch.file("a")) } == "a: not a safetensors file, only 0 bytes")
        #expect(fault { _ = try Safetensors(contentsOf: "/dev/null") } == "null: no file that fits into memory")
    }

    @Test func `A damaged file never traps, and a cut one is refused`() throws {
        let scratch = try Scratch()
        let damaged = DamagedBytes(whole: try FileBytes.read(Self.everyType))
        for bytes in damaged.cut {
            let file = try scratch.file("a", bytes)
            #expect(fault { _ = try Safetensors(contentsOf: file) } != nil)
        }
        for bytes in damaged.changed(3_000) {
            let file = try scratch.file("a", bytes)
            _ = fault { _ = try Safetensors(contentsOf: file) }
        }
    }
}
