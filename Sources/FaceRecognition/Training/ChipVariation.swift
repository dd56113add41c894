package import Engine
internal import Glibc
package import Images

/// A chip as one draw of an augmentation has it.
package struct ChipVariation {
    private let augmentation: FaceAugmentation
    private let side: Int
    private var random: RandomStream

    /// Points across and down whose shifts bend a chip.
    private static let knots = 4

    init(_ augmentation: FaceAugmentation, side: Int, _ random: RandomStream) {
        (self.augmentation, self.side, self.random) = (augmentation, side, random)
    }

    /// Writes `[3][side][side]`, from 0 to 255.
    ///
    /// - Parameter border: pixels of the picture around the chip, on each side.
    mutating func write(_ picture: Image, border: Int, to planes: inout MutableSpan<Float>, at start: Int) {
        sample(picture, border: border, to: &planes, at: start)
        if random.uniform() < augmentation.blur { for _ in 0..<2 { blur(&planes, at: start) } }
        light(&planes, at: start)
        if random.uniform() < augmentation.occlusion { occlude(&planes, at: start) }
    }

    /// The chip as a picture.
    package static func image(
        of picture: Image, border: Int, _ side: Int, _ augmentation: FaceAugmentation, _ random: RandomStream
    ) -> Image {
        var values = [Float](repeating: 0, count: 3 * side * side), variation = Self(augmentation, side: side, random)
        var planes = values.mutableSpan
        variation.write(picture, border: border, to: &planes, at: 0)
        var image = Image(width: side, height: side)
        for channel in 0..<3 {
            for place in 0..<side * side {
                image.pixels[place * 3 + channel] = UInt8(planes[channel * side * side + place].rounded())
            }
        }
        return image
    }

    // MARK: Where

    /// Turns, scales, shifts, mirrors and bends; the picture's edge goes on outside.
    private mutating func sample(
        _ picture: Image, border: Int, to planes: inout MutableSpan<Float>, at start: Int
    ) {
        let tones = tones(), size = Float(side), half = size / 2
        let angle = random.uniform(-1, 1) * augmentation.turn * .pi / 180
        let scale = exp(random.uniform(-1, 1) * augmentation.zoom)
        let mirror: Float = random.uniform() < augmentation.mirror ? -1 : 1
        let (cosine, sine) = (cos(angle) * scale, sin(angle) * scale)
        let (right, down) = (
            random.uniform(-1, 1) * augmentation.shift * size, random.uniform(-1, 1) * augmentation.shift * size
        )
        let bends = bends(), knotScale = Float(Self.knots - 1) / Float(side - 1)
        let weights = (0..<side).map { Self.weights(Float($0) * knotScale) }
        let edgeX = Float(picture.width - 1), edgeY = Float(picture.height - 1), pixels = picture.pixels.span
        for y in 0..<side {
            for x in 0..<side {
                let u = Float(x) + 0.5 - half, v = Float(y) + 0.5 - half
                let shift = bends.isEmpty ? .zero : bend(bends, weights[x], weights[y])
                let left = half + mirror * (cosine * u - sine * v) + right + shift.x + Float(border) - 0.5
                let top = half + sine * u + cosine * v + down + shift.y + Float(border) - 0.5
                let clampedX = min(max(left, 0), edgeX), clampedY = min(max(top, 0), edgeY)
                let column = Int(clampedX), row = Int(clampedY)
                let fx = clampedX - Float(column), fy = clampedY - Float(row)
                let upper = (row * picture.width + column) * 3
                let lower = row + 1 < picture.height ? upper + picture.width * 3 : upper
                let next = column + 1 < picture.width ? 3 : 0
                for channel in 0..<3 {
                    func tone(_ place: Int) -> Float { tones[Int(pixels[place + channel])] }
                    let a = tone(upper) * (1 - fx) + tone(upper + next) * fx
                    let b = tone(lower) * (1 - fx) + tone(lower + next) * fx
                    planes[start + (channel * side + y) * side + x] = a * (1 - fy) + b * fy
                }
            }
        }
    }

    /// Shifts of a grid of points, in pixels; empty where nothing is bent.
    private mutating func bends() -> [SIMD2<Float>] {
        guard augmentation.bend > 0 else { return [] }
        func shifts() -> [Float] {
            (0..<Self.knots * Self.knots).map { _ in normal() * augmentation.bend * Float(side) }
        }
        let across = shifts(), down = shifts()
        return zip(across, down).map { SIMD2($0, $1) }
    }

    /// The shift of a pixel between the points around it, whose corners are the chip's: bicubic (Keys 1981).
    private func bend(_ shifts: [SIMD2<Float>], _ columns: Weights, _ rows: Weights) -> SIMD2<Float> {
        var sum = SIMD2<Float>.zero
        for j in 0..<4 {
            let row = min(max(rows.first + j, 0), Self.knots - 1)
            for i in 0..<4 {
                let column = min(max(columns.first + i, 0), Self.knots - 1)
                sum += rows.weights[j] * columns.weights[i] * shifts[row * Self.knots + column]
            }
        }
        return sum
    }

    private typealias Weights = (first: Int, weights: SIMD4<Float>)

    /// Of the four points around a place.
    private static func weights(_ place: Float) -> Weights {
        let first = Int(place), t = place - Float(first), a: Float = -0.75
        func near(_ t: Float) -> Float { ((a + 2) * t - (a + 3)) * t * t + 1 }
        func far(_ t: Float) -> Float { ((a * t - 5 * a) * t + 8 * a) * t - 4 * a }
        return (first - 1, SIMD4(far(t + 1), near(t), near(1 - t), far(2 - t)))
    }

    // MARK: How bright

    /// What becomes of each tone.
    private mutating func tones() -> [Float] {
        let exponent = exp(random.uniform(-1, 1) * augmentation.gamma)
        return (0..<256).map { 255 * pow(Float($0) / 255, exponent) }
    }

    /// Contrast about the mean, brightness and noise.
    private mutating func light(_ planes: inout MutableSpan<Float>, at start: Int) {
        let contrast = exp(random.uniform(-1, 1) * augmentation.contrast)
        let light = exp(random.uniform(-1, 1) * augmentation.light)
        let range = start..<start + 3 * side * side
        var sum: Float = 0
        for place in range { sum += planes[place] }
        let mean = sum / Float(range.count)
        for place in range {
            var value = (planes[place] - mean) * contrast + mean * light
            if augmentation.noise > 0 { value += noise() * augmentation.noise * 255 }
            planes[place] = min(max(value, 0), 255)
        }
    }

    /// [1 2 1]/4 across and down.
    private func blur(_ planes: inout MutableSpan<Float>, at start: Int) {
        var line = [Float](repeating: 0, count: side)
        for plane in 0..<3 {
            for (step, pitch) in [(1, side), (side, 1)] {
                for row in 0..<side {
                    let first = start + plane * side * side + row * pitch
                    for k in 0..<side { line[k] = planes[first + k * step] }
                    for k in 0..<side {
                        planes[first + k * step] = (line[max(k - 1, 0)] + 2 * line[k] + line[min(k + 1, side - 1)]) / 4
                    }
                }
            }
        }
    }

    /// A rectangle of one grey.
    private mutating func occlude(_ planes: inout MutableSpan<Float>, at start: Int) {
        func extent() -> Float { Float(side) * random.uniform(0.1, augmentation.occlusionSize) }
        let (width, height) = (extent(), extent())
        let left = random.uniform() * Float(side) - width / 2, top = random.uniform() * Float(side) - height / 2
        let grey = random.uniform() * 255
        func range(_ from: Float, _ length: Float) -> Range<Int> {
            let low = min(max(Int(from), 0), side)
            return low..<max(low, min(max(Int(from + length), 0), side))
        }
        for channel in 0..<3 {
            for y in range(top, height) {
                for x in range(left, width) { planes[start + (channel * side + y) * side + x] = grey }
            }
        }
    }

    // MARK: Chance

    /// Of mean 0 and variance 1 (Box, Muller 1958).
    private mutating func normal() -> Float {
        let radius = (-2 * log(1 - random.uniform())).squareRoot()
        return radius * cos(2 * .pi * random.uniform())
    }

    /// Of mean 0 and variance 1, nearly normal: the sum of three uniform numbers.
    private mutating func noise() -> Float { 2 * (random.uniform() + random.uniform() + random.uniform() - 1.5) }
}
