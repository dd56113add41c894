import Glibc

/// Numbers as people read them.
package enum FigureText {
    /// `value` with `decimals` digits after the point.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        let scale = pow(10, Double(decimals))
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 1e15 else { return value.description }
        var digits = Int(scaled).description
        while digits.count <= decimals { digits = "0" + digits }
        if decimals > 0 { digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals)) }
        return (value < 0 && scaled > 0 ? "-" : "") + digits
    }

    /// `value` with four significant digits; very large and very small ones with a power of ten.
    package static func significant(_ value: Double) -> String {
        guard value.isNormal else { return value == 0 ? "0" : value.description }
        let exponent = Int(log10(abs(value)).rounded(.down))
        if exponent < -4 || exponent > 6 {
            return fixed(value / pow(10, Double(exponent)), decimals: 3) + "e\(exponent)"
        }
        return fixed(value, decimals: max(0, 3 - exponent))
    }

    /// A count with its thousands apart: 1,234,567.
    package static func count(_ value: Int) -> String {
        var text = ""
        for (index, digit) in value.magnitude.description.reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// How often a second, a minute or an hour, whichever is read easily: `6.0/s`.
    package static func rate(perSecond: Double) -> String {
        guard perSecond.isFinite, perSecond > 0 else { return "0/s" }
        let (value, unit) =
            perSecond >= 1
            ? (perSecond, "s") : perSecond >= 1 / 60.0 ? (perSecond * 60, "min") : (perSecond * 3600, "h")
        let digits = value < 99.5 ? fixed(value, decimals: 1) : count(Int(min(value, 1e15).rounded()))
        return "\(digits)/\(unit)"
    }

    /// A time in its two largest units: `45 s`, `1 min 30 s`, `2 h 05 min`, `3 d 4 h`.
    package static func duration(seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e12)).rounded())
        let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60)
        if days > 0 { return "\(days) d \(hours) h" }
        if hours > 0 { return "\(hours) h \(minutes < 10 ? "0" : "")\(minutes) min" }
        if minutes > 0 { return "\(minutes) min \(whole % 60 < 10 ? "0" : "")\(whole % 60) s" }
        return "\(whole) s"
    }
}
