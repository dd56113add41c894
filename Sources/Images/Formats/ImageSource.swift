internal import Streams

/// Bytes to decode, and what is told of them where they cannot be.
struct ImageSource {
    let name: String
    let format: ImageFormat
    let bytes: [UInt8]
    let limits: ImageLimits

    /// What a damaged file is told with; `reason` as a library has it.
    func damaged(_ reason: String = "") -> InputError {
        var reason = String(reason.reversed().drop { $0 == "." || $0.isWhitespace }.reversed())
        // A sentence begins with a capital letter, a name may have several.
        if let first = reason.first, reason.dropFirst().first?.isUppercase == false {
            reason = first.lowercased() + reason.dropFirst()
        }
        return InputError(name, "a damaged \(format.rawValue) file" + (reason.isEmpty ? "" : ": \(reason)"))
    }

    /// A decoder that could not be made.
    var withoutMemory: InputError { InputError(name, "cannot be decoded, there is no memory") }

    /// Refuses sizes that are none, or are beyond the limits.
    func checkSize(width: Int, height: Int) throws(InputError) {
        guard width > 0, height > 0 else { throw damaged("\(width)×\(height) pixels") }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= limits.pixels else {
            throw InputError(
                name, "\(width)×\(height) pixels, more than the \(limits.pixels) that are allowed",
                remedy: "--max-pixels allows more")
        }
    }
}
