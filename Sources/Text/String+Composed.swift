import CUTF8Proc
import Glibc

// Swift composes the strings that it compares, but has no public name for it, and does not order all marks. Foundation's
// `precomposedStringWithCanonicalMapping` leaves some Hangul apart and takes time that grows with the square.
extension String {
    /// The text in normalization form C (Unicode Standard Annex #15): the binding to utf8proc.
    var composed: String {
        var text = self
        var composed: UnsafeMutablePointer<UInt8>?
        let options = utf8proc_option_t(UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue)
        let count = text.withUTF8 { utf8 in
            unsafe utf8proc_map(utf8.baseAddress, utf8.count, &composed, options)
        }
        defer { unsafe free(composed) }
        // It fails only where there is no memory.
        guard count >= 0, let composed = unsafe composed else { return self }
        return unsafe String(decoding: UnsafeBufferPointer(start: composed, count: count), as: UTF8.self)
    }
}
