internal import CXXHash

/// Tells whether two files are the same, whatever their names are: XXH3 of 128 bits. The binding to xxHash.
enum ContentHash {
    /// Of a file's bytes, in 32 hexadecimal digits.
    static func text(of bytes: [UInt8]) -> String {
        let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits($0.baseAddress, $0.count) }
        return [hash.high64, hash.low64].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
