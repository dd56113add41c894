extension Image {
    /// The picture at another size: bilinear where it grows, and where it shrinks each pixel a mean of all that it covers.
    ///
    /// - Source: as Pillow's `Image.resize(size, BILINEAR)`, a triangle as wide as two of the coarser pixels.
    package func resized(width: Int, height: Int) -> Image {
        precondition(width > 0 && height > 0, "a picture of \(width)×\(height) pixels")
        if (width, height) == (self.width, self.height) { return self }
        let rows = Taps.all(from: self.height, to: height), columns = Taps.all(from: self.width, to: width)
        let length = self.width * 3
        var sums = [Float](repeating: 0, count: length)
        var result = Image(width: width, height: height)
        for (y, taps) in rows.enumerated() {
            for (place, weight) in taps.weights.enumerated() {
                let start = (taps.first + place) * length
                if place == 0 {
                    for k in 0..<length { sums[k] = weight * Float(pixels[start + k]) }
                } else {
                    for k in 0..<length { sums[k] += weight * Float(pixels[start + k]) }
                }
            }
            var target = y * width * 3
            for taps in columns {
                var red: Float = 0, green: Float = 0, blue: Float = 0
                var at = taps.first * 3
                for weight in taps.weights {
                    red += weight * sums[at]
                    green += weight * sums[at + 1]
                    blue += weight * sums[at + 2]
                    at += 3
                }
                result.pixels[target] = Self.byte(red)
                result.pixels[target + 1] = Self.byte(green)
                result.pixels[target + 2] = Self.byte(blue)
                target += 3
            }
        }
        return result
    }

    /// What a row or column is made of: weights of neighbours, whose sum is 1.
    private struct Taps {
        var first: Int
        var weights: [Float]

        static func all(from count: Int, to target: Int) -> [Taps] {
            let scale = Double(count) / Double(target), support = max(scale, 1)
            return (0..<target).map { place in
                let centre = (Double(place) + 0.5) * scale
                let first = max(Int(centre - support + 0.5), 0), end = min(Int(centre + support + 0.5), count)
                let weights = (first..<end).map { max(0, 1 - abs((Double($0) + 0.5 - centre) / support)) }
                let sum = weights.reduce(0, +)
                return Taps(first: first, weights: weights.map { Float($0 / sum) })
            }
        }
    }

    static func byte(_ value: Float) -> UInt8 { UInt8(min(max(value + 0.5, 0), 255)) }
}
