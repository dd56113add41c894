/// How text looks.
package struct TextStyle: Sendable, Hashable {
    /// The height of a line in points.
    package var size: Double
    package var isBold: Bool
    package var colour: Colour

    package init(size: Double, isBold: Bool = false, colour: Colour) {
        self.size = size
        self.isBold = isBold
        self.colour = colour
    }

    static let title = TextStyle(size: 16, isBold: true, colour: .ink)
    static let heading = TextStyle(size: 12, isBold: true, colour: .ink)
    static let label = TextStyle(size: 11, colour: .ink)
    static let caption = TextStyle(size: 11, colour: .muted)
}

/// Which part of a text lies at the point where it is drawn.
package enum TextAnchor: Sendable {
    case left, centre, right
}
