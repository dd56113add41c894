internal import CChatModel
package import ModelFiles

extension EmbeddedModel {
    /// The shipped model that talks, which the compiler put into the program: the binding to its bytes.
    package static var chat: EmbeddedModel {
        unsafe EmbeddedModel(
            bytes: [UInt8](UnsafeBufferPointer(start: engram_chat_model(), count: engram_chat_model_size())))
    }
}
