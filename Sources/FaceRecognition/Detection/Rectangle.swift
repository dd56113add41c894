package import Images

/// A rectangle in a picture, in pixels from its top left corner.
package struct Rectangle: Hashable, Sendable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    package var area: Double { width * height }
    package var middle: Point { Point(x + width / 2, y + height / 2) }

    /// The part that lies in a picture.
    package func clipped(toWidth limit: Double, height bottom: Double) -> Rectangle {
        let left = min(max(x, 0), limit), top = min(max(y, 0), bottom)
        return Rectangle(
            x: left, y: top, width: min(max(x + width, left), limit) - left,
            height: min(max(y + height, top), bottom) - top)
    }

    /// How much of both lies in both, as a share of what lies in one of them: from 0 to 1.
    package func overlap(with other: Rectangle) -> Double {
        let across = min(x + width, other.x + other.width) - max(x, other.x)
        let down = min(y + height, other.y + other.height) - max(y, other.y)
        guard across > 0, down > 0 else { return 0 }
        return across * down / (area + other.area - across * down)
    }

    /// What a transform by right angles makes of it.
    func moved(by transform: AffineTransform) -> Rectangle {
        let a = transform(Point(x, y)), b = transform(Point(x + width, y + height))
        return Rectangle(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x), height: abs(a.y - b.y))
    }
}
