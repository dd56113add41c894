import CKeywordModel

/// The shipped model's bytes, which the compiler put into the program: the binding to them.
enum EmbeddedKeywordModel {
    /// The bytes of an ONNX file.
    static var bytes: [UInt8] {
        unsafe [UInt8](UnsafeBufferPointer(start: engram_keyword_model(), count: engram_keyword_model_size()))
    }
}
