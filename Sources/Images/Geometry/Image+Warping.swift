extension Image {
    /// A piece of the picture, turned, scaled and moved: the place (x, y) of it is what `transform` makes of it in the
    /// picture. Black outside.
    ///
    /// Bilinear. Where it takes less than every second pixel, the picture is made smaller before, so that none is passed
    /// over.
    package func warped(by transform: AffineTransform, width: Int, height: Int) -> Image {
        if transform.scale >= 2, let (smaller, rest) = reduced(for: transform, width: width, height: height) {
            return smaller.warped(by: rest, width: width, height: height)
        }
        var result = Image(width: width, height: height, colour: .black)
        var target = 0
        for y in 0..<height {
            for x in 0..<width {
                let place = transform(Point(Double(x) + 0.5, Double(y) + 0.5))
                // Of the pixel whose middle is up and left.
                let u = place.x - 0.5, v = place.y - 0.5, left = u.rounded(.down), top = v.rounded(.down)
                if left >= -1, top >= -1, left < Double(self.width), top < Double(self.height) {
                    let fx = Float(u - left), fy = Float(v - top)
                    mix(
                        Int(left), Int(top), (1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy,
                        into: &result.pixels, at: target)
                }
                target += 3
            }
        }
        return result
    }

    /// Four neighbours, of which those outside are black.
    private func mix(
        _ x: Int, _ y: Int, _ a: Float, _ b: Float, _ c: Float, _ d: Float, into target: inout [UInt8], at place: Int
    ) {
        let start = (y * width + x) * 3, below = start + width * 3
        if x >= 0, y >= 0, x + 1 < width, y + 1 < height {
            for k in 0..<3 {
                let upper = a * Float(pixels[start + k]) + b * Float(pixels[start + k + 3])
                let lower = c * Float(pixels[below + k]) + d * Float(pixels[below + k + 3])
                target[place + k] = Self.byte(upper + lower)
            }
            return
        }
        for k in 0..<3 {
            func value(_ column: Int, _ row: Int) -> Float {
                guard column >= 0, row >= 0, column < width, row < height else { return 0 }
                return Float(pixels[(row * width + column) * 3 + k])
            }
            target[place + k] = Self.byte(
                a * value(x, y) + b * value(x + 1, y) + c * value(x, y + 1) + d * value(x + 1, y + 1))
        }
    }

    /// What the piece needs of the picture, so small that the piece takes each pixel of it.
    private func reduced(for transform: AffineTransform, width: Int, height: Int) -> (Image, AffineTransform)? {
        let right = Double(width), bottom = Double(height)
        let corners = [Point(0, 0), Point(right, 0), Point(0, bottom), Point(right, bottom)].map { transform($0) }
        // What of a side of the picture is taken, with what its edge is mixed from.
        func taken(_ places: [Double], of side: Int) -> Range<Int>? {
            let margin = 2 * transform.scale, most = Double(side)
            guard let least = places.min(), let greatest = places.max(), least.isFinite, greatest.isFinite else {
                return nil
            }
            let start = Int(min(max(least - margin, 0), most)),
                end = Int(min(max(greatest + margin, 0), most).rounded(.up))
            return start < end ? start..<end : nil
        }
        guard let columns = taken(corners.map(\.x), of: self.width), let rows = taken(corners.map(\.y), of: self.height)
        else { return nil }
        let piece = cropped(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
        let small = piece.resized(
            width: max(1, Int((Double(columns.count) / transform.scale).rounded())),
            height: max(1, Int((Double(rows.count) / transform.scale).rounded())))
        let (x, y) = (Double(small.width) / Double(piece.width), Double(small.height) / Double(piece.height))
        let shift = AffineTransform(
            a: x, b: 0, c: 0, d: y, tx: -Double(columns.lowerBound) * x, ty: -Double(rows.lowerBound) * y)
        return (small, transform.followed(by: shift))
    }
}
