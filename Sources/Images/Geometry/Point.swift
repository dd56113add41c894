/// A place in a picture, in pixels from its top left corner; the middle of the first pixel is (0.5, 0.5).
package struct Point: Hashable, Sendable, Codable {
    package var x, y: Double

    package init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    package static func + (a: Point, b: Point) -> Point { Point(a.x + b.x, a.y + b.y) }
    package static func - (a: Point, b: Point) -> Point { Point(a.x - b.x, a.y - b.y) }
    package static func * (a: Point, scale: Double) -> Point { Point(a.x * scale, a.y * scale) }

    /// From the origin.
    package var length: Double { (x * x + y * y).squareRoot() }
}
