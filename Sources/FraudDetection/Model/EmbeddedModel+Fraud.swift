internal import CFraudModel
package import ModelFiles

extension EmbeddedModel {
    /// The shipped model of fraud, which the compiler put into the program: the binding to its bytes.
    package static var fraud: EmbeddedModel {
        unsafe EmbeddedModel(
            bytes: [UInt8](UnsafeBufferPointer(start: engram_fraud_model(), count: engram_fraud_model_size())))
    }
}
