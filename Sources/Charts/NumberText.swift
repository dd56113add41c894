import Glibc

/// Numbers as a chart writes them.
package enum NumberText {
    /// `value` with `decimals` digits after the point and its thousands apart.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        let scaled = (abs(value) * pow(10, Double(decimals))).rounded()
        guard scaled < 1e15 else { return value.description }
        var digits = Int(scaled).description
        while digits.count <= decimals { digits = "0" + digits }
        let sign = value < 0 && scaled > 0 ? "−" : ""
        guard decimals > 0 else { return sign + grouped(digits) }
        return sign + grouped(String(digits.dropLast(decimals))) + "." + digits.suffix(decimals)
    }

    /// `1,234,567`
    package static func count(_ value: Int) -> String { (value < 0 ? "−" : "") + grouped(value.magnitude.description) }

    /// At most four characters or so: `950`, `12k`, `3.4M`.
    package static func short(_ value: Int) -> String {
        let magnitude = Double(value.magnitude)
        for (unit, name) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where magnitude >= unit * 0.9995 {
            let number = magnitude / unit
            return (value < 0 ? "−" : "") + fixed(number, decimals: number < 9.95 ? 1 : 0) + name
        }
        return count(value)
    }

    private static func grouped(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
