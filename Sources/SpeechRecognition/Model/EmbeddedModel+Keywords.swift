import CKeywordModel
package import ModelFiles

extension EmbeddedModel {
    /// The shipped model of keywords, which the compiler put into the program: the binding to its bytes.
    package static var keywords: EmbeddedModel {
        unsafe EmbeddedModel(
            bytes: [UInt8](UnsafeBufferPointer(start: engram_keyword_model(), count: engram_keyword_model_size())))
    }
}
