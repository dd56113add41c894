/// (x, y) → (a·x + b·y + tx, c·x + d·y + ty).
package struct AffineTransform: Hashable, Sendable {
    package var a: Double
    package var b: Double
    package var c: Double
    package var d: Double
    package var tx: Double
    package var ty: Double

    package init(a: Double, b: Double, c: Double, d: Double, tx: Double, ty: Double) {
        (self.a, self.b, self.c, self.d, self.tx, self.ty) = (a, b, c, d, tx, ty)
    }

    package static let identity = AffineTransform(a: 1, b: 0, c: 0, d: 1, tx: 0, ty: 0)

    /// Lengths times `x` and `y`, from the origin.
    package static func scaling(x: Double, y: Double) -> AffineTransform {
        AffineTransform(a: x, b: 0, c: 0, d: y, tx: 0, ty: 0)
    }

    package func callAsFunction(_ point: Point) -> Point {
        Point(a * point.x + b * point.y + tx, c * point.x + d * point.y + ty)
    }

    /// This one, and then another one.
    package func followed(by other: AffineTransform) -> AffineTransform {
        AffineTransform(
            a: other.a * a + other.b * c, b: other.a * b + other.b * d, c: other.c * a + other.d * c,
            d: other.c * b + other.d * d, tx: other.a * tx + other.b * ty + other.tx,
            ty: other.c * tx + other.d * ty + other.ty)
    }

    /// The way back; nil where there is none.
    package var inverse: AffineTransform? {
        let determinant = a * d - b * c
        guard determinant.isFinite, abs(determinant) > 1e-12 else { return nil }
        let (ia, ib, ic, id) = (d / determinant, -b / determinant, -c / determinant, a / determinant)
        return AffineTransform(a: ia, b: ib, c: ic, d: id, tx: -(ia * tx + ib * ty), ty: -(ic * tx + id * ty))
    }

    /// How much longer lengths become, in the mean.
    package var scale: Double { abs(a * d - b * c).squareRoot() }

    /// The similarity (turn, scale, shift) that takes points nearest to others, by least squares; nil where all points are
    /// one.
    ///
    /// - Source: Umeyama 1991, "Least-Squares Estimation of Transformation Parameters Between Two Point Patterns", in the
    ///   plane, without mirroring.
    package static func similarity(from points: [Point], to others: [Point]) -> AffineTransform? {
        precondition(points.count == others.count && points.count >= 2, "\(points.count) and \(others.count) points")
        let share = 1 / Double(points.count)
        let middle = points.reduce(Point(0, 0), +) * share, target = others.reduce(Point(0, 0), +) * share
        var along = 0.0, across = 0.0, spread = 0.0
        for (point, other) in zip(points, others) {
            let p = point - middle, q = other - target
            along += p.x * q.x + p.y * q.y
            across += p.x * q.y - p.y * q.x
            spread += p.x * p.x + p.y * p.y
        }
        guard spread.isFinite, spread > 1e-12 else { return nil }
        let cosine = along / spread, sine = across / spread
        return AffineTransform(
            a: cosine, b: -sine, c: sine, d: cosine, tx: target.x - cosine * middle.x + sine * middle.y,
            ty: target.y - sine * middle.x - cosine * middle.y)
    }
}
