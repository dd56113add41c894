/// A colour of the sRGB space, each part from 0 to 1.
package struct Colour: Sendable, Hashable {
    package var red: Double
    package var green: Double
    package var blue: Double
    package var opacity: Double

    package init(red: Double, green: Double, blue: Double, opacity: Double = 1) {
        self.red = red
        self.green = green
        self.blue = blue
        self.opacity = opacity
    }

    /// The colour written `0xRRGGBB`.
    package init(_ hexadecimal: UInt32) {
        self.init(
            red: Double(hexadecimal >> 16 & 0xFF) / 255, green: Double(hexadecimal >> 8 & 0xFF) / 255,
            blue: Double(hexadecimal & 0xFF) / 255)
    }

    package func withOpacity(_ opacity: Double) -> Colour {
        Colour(red: red, green: green, blue: blue, opacity: opacity)
    }

    /// The colour at `share` (from 0 to 1) of the way to `other`.
    func mixed(with other: Colour, share: Double) -> Colour {
        let share = min(max(share, 0), 1)
        func between(_ from: Double, _ to: Double) -> Double { from + (to - from) * share }
        return Colour(
            red: between(red, other.red), green: between(green, other.green), blue: between(blue, other.blue),
            opacity: between(opacity, other.opacity))
    }

    /// How bright it looks, from 0 to 1 (the luma of Rec. 709).
    var brightness: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }
}

extension Colour {
    package static let white = Colour(0xFFFFFF)
    /// Text that is read first.
    static let ink = Colour(0x1F2933)
    /// Text that is read second.
    static let muted = Colour(0x66707A)
    /// Lines that help the eye.
    static let grid = Colour(0xE4E7EB)
    /// Lines that bound.
    static let frame = Colour(0xB8C0C8)

    static let blue = Colour(0x0072B2)
    static let vermilion = Colour(0xD55E00)

    /// Colours that all eyes can tell apart (Okabe and Ito 2008, "Color universal design"), those that stand out from
    /// white first; without its yellow, which does not.
    static let palette = [
        blue, vermilion, Colour(0x009E73), Colour(0xCC79A7), Colour(0xE69F00), Colour(0x56B4E9), ink,
    ]
}
