/// A value for each Unicode scalar, found fast for those of ASCII, of which most text is.
struct ScalarTable<Value: Hashable & Sendable>: Hashable, Sendable {
    /// What a scalar has that was given none.
    let otherwise: Value
    private var ascii: [Value]
    private(set) var others: [Unicode.Scalar: Value] = [:]

    init(otherwise: Value) {
        self.otherwise = otherwise
        ascii = Array(repeating: otherwise, count: 128)
    }

    subscript(scalar: Unicode.Scalar) -> Value {
        get { scalar.isASCII ? ascii[Int(scalar.value)] : others[scalar, default: otherwise] }
        set {
            if scalar.isASCII { ascii[Int(scalar.value)] = newValue } else { others[scalar] = newValue }
        }
    }

    /// The scalars that were given another value than the usual one, and that value, in no order.
    var entries: [(scalar: Unicode.Scalar, value: Value)] {
        let low = ascii.indices.compactMap { place in
            Unicode.Scalar(UInt8(place)).value == UInt32(place) && ascii[place] != otherwise
                ? (scalar: Unicode.Scalar(UInt8(place)), value: ascii[place]) : nil
        }
        return low + others.map { (scalar: $0.key, value: $0.value) }
    }
}
