internal import Glibc

extension Calibration {
    /// What distances of known pairs say; nil where there are fewer than three pairs of two.
    ///
    /// One person is as likely as two where a logistic curve over both kinds, each of the same weight, says so (Platt 1999, "Probabilistic
    /// Outputs for Support Vector Machines", with his targets; Newton's method as Lin, Lin, Weng 2007). For false-match rates that are too small to be
    /// seen in so many pairs, it is what is nearer than all pairs of two.
    package init?(_ pairs: [VerificationFigures.Pair]) {
        func distances(_ isSame: Bool) -> [Double] {
            pairs.compactMap { $0.isSame == isSame ? $0.distance : nil }.sorted()
        }
        let same = distances(true), different = distances(false)
        guard different.count >= 3 else { return nil }
        let falseMatches = (0..<3).map { power in
            different[Int(Double(different.count) * Self.largestRate / pow(Self.step, Double(power)))].nextDown
        }
        let curve = same.count >= 3 ? Self.curve(same, different) : nil
        self.init(threshold: curve?.threshold ?? falseMatches[0], slope: curve?.slope, falseMatches: falseMatches)
    }

    /// Where the curve is a half, and how fast it falls; nil where it does not fall.
    private static func curve(_ same: [Double], _ different: [Double]) -> (threshold: Double, slope: Double)? {
        let positive = (Double(same.count) + 1) / (Double(same.count) + 2), negative = 1 / (Double(different.count) + 2)
        let examples =
            same.map { (x: $0, target: positive, weight: 1 / Double(same.count)) }
            + different.map { (x: $0, target: negative, weight: 1 / Double(different.count)) }
        func loss(_ a: Double, _ b: Double) -> Double {
            examples.reduce(0) { sum, example in
                // −t·log p − (1 − t)·log(1 − p) with p = sigmoid(z).
                let z = a * example.x + b
                return sum + example.weight * (max(z, 0) - example.target * z + log1p(exp(-abs(z))))
            }
        }
        var (a, b) = (0.0, 0.0), least = loss(a, b)
        for _ in 0..<100 {
            var gradient = (a: 0.0, b: 0.0), hessian = (aa: 1e-12, ab: 0.0, bb: 1e-12)
            for example in examples {
                let p = 1 / (1 + exp(-(a * example.x + b))), error = example.weight * (p - example.target)
                let curvature = example.weight * p * (1 - p)
                gradient.a += error * example.x
                gradient.b += error
                hessian.aa += curvature * example.x * example.x
                hessian.ab += curvature * example.x
                hessian.bb += curvature
            }
            guard max(abs(gradient.a), abs(gradient.b)) > 1e-9 else { break }
            let determinant = hessian.aa * hessian.bb - hessian.ab * hessian.ab
            guard determinant > 0 else { break }
            let stepA = (hessian.ab * gradient.b - hessian.bb * gradient.a) / determinant
            let stepB = (hessian.ab * gradient.a - hessian.aa * gradient.b) / determinant
            var length = 1.0
            while length > 1e-10, loss(a + length * stepA, b + length * stepB) >= least { length /= 2 }
            guard length > 1e-10 else { break }
            (a, b) = (a + length * stepA, b + length * stepB)
            least = loss(a, b)
        }
        return a < 0 ? (-b / a, -a) : nil
    }
}
