import Audio
import Engine

/// An image on its way from bytes to what the network takes.
struct ImageRendering {
    private let images: KeywordImages
    private let frontEnd: KeywordFrontEnd
    private let powers: ValuePowers
    private var pixels: [UInt8] = []
    /// Added to all values above 0.
    private var level: Float = 0
    private var blankFrames: [Range<Int>] = []
    private var blankBands: [Range<Int>] = []

    init(images: KeywordImages, frontEnd: KeywordFrontEnd, powers: ValuePowers) {
        self.images = images
        self.frontEnd = frontEnd
        self.powers = powers
    }

    /// Begins with an image as it is.
    mutating func take(_ index: Int) { pixels = Array(images[index]) }

    /// Begins with an image of silence that nobody recorded: digital silence, hum (a few low bands that stand still), or
    /// noise of one colour, whose values scatter as the logarithm of a mean of exponentials does.
    mutating func makeSilence(_ random: inout RandomStream) {
        pixels = [UInt8](repeating: 0, count: images.size)
        let kind = random.integer(in: 0...5)
        if kind == 0 { return }
        let bands = images.bands
        var base = [Float](repeating: -200, count: bands)
        if kind >= 2 {  // noise
            let height = random.uniform(0, 130), slope = random.uniform(-1.5, 0.7)
            for band in 0..<bands { base[band] = height + slope * Float(band) }
        }
        if kind <= 3 {  // hum and its overtones
            let low = random.integer(in: 0...5), height = random.uniform(60, 190), fall = random.uniform(2, 25)
            for band in 0..<bands {
                let distance = Float(abs(band - low))
                base[band] = max(base[band], height - fall * distance)
            }
        }
        let scatter: Float = kind == 1 ? 0 : Float(frontEnd.logMel.scale)
        for frame in 0..<images.frames {
            for band in 0..<bands {
                var value = base[band]
                if scatter > 0, value > 0 {
                    let mean = (random.uniform() + random.uniform() + random.uniform() + random.uniform()) / 2
                    value += scatter * logarithm(max(mean, 0.05))
                }
                pixels[frame * bands + band] = UInt8(min(max(value, 0), 255))
            }
        }
    }

    /// Moves, mixes, raises or lowers, and blanks, as drawn.
    mutating func vary(_ augmentation: KeywordAugmentation, noise: [Int], _ random: inout RandomStream) {
        let furthest = min(augmentation.shift, images.frames)
        let shift = random.integer(in: -furthest...furthest)
        let hasNeighbour = Double(random.uniform()) < augmentation.neighbours
        let neighbour = random.integer(in: 0...images.count - 1)
        if shift != 0 { move(by: shift, baring: hasNeighbour ? images[neighbour] : nil) }
        let isNoisy = Double(random.uniform()) < augmentation.noise && !noise.isEmpty
        let place = random.uniform(), loudness = random.uniform()
        if isNoisy {
            let index = noise[min(Int(place * Float(noise.count)), noise.count - 1)]
            let (low, high) = (Float(augmentation.noiseDecibels[0]), Float(augmentation.noiseDecibels[1]))
            mix(images[index], decibels: low + loudness * (high - low))
        }
        level = random.uniform(-Float(augmentation.level), Float(augmentation.level))
        for _ in 0..<augmentation.timeMasks {
            blankFrames.append(Self.stretch(of: augmentation.timeMaskFrames, in: images.frames, &random))
        }
        for _ in 0..<augmentation.bandMasks {
            blankBands.append(Self.stretch(of: augmentation.bandMaskBands, in: images.bands, &random))
        }
    }

    private static func stretch(of longest: Int, in count: Int, _ random: inout RandomStream) -> Range<Int> {
        let length = random.integer(in: 0...min(longest, count))
        let start = random.integer(in: 0...(count - length))
        return start..<start + length
    }

    /// Moves the image to later frames, or to earlier ones where `shift` is negative.
    private mutating func move(by shift: Int, baring neighbour: ArraySlice<UInt8>?) {
        let bared = abs(shift) * images.bands
        var filling = [UInt8](repeating: 0, count: bared)
        if let neighbour { filling = Array(shift > 0 ? neighbour.suffix(bared) : neighbour.prefix(bared)) }
        pixels = shift > 0 ? filling + pixels.dropLast(bared) : pixels.dropFirst(bared) + filling
    }

    /// Adds noise in power so that its mean lies `decibels` below the image's.
    private mutating func mix(_ noise: ArraySlice<UInt8>, decibels: Float) {
        let apart = powers.meanLevel(pixels[...]) - powers.meanLevel(noise)
        let raised = Int((apart - decibels / powers.decibelsOfUnit).rounded())
        for (place, other) in noise.enumerated() where other > 0 {
            let (a, b) = (Int(pixels[place]), min(Int(other) + raised, 255))
            guard b > 0 else { continue }
            pixels[place] = UInt8(min(max(a, b) + powers.sum(apart: abs(a - b)), 255))
        }
    }

    /// Writes the image as the network takes it. What is blanked becomes 0, the mean of all values.
    func write(to output: inout MutableSpan<Float>, at start: Int) {
        var table = InlineArray<256, Float>(repeating: frontEnd.scaled(0))
        for value in 1..<256 { table[value] = frontEnd.scaled(min(max(Float(value) + level, 0), 255)) }
        let input = pixels.span
        for place in 0..<images.size { output[start + place] = table[Int(input[place])] }
        let bands = images.bands
        for frames in blankFrames {
            for place in frames.lowerBound * bands..<frames.upperBound * bands { output[start + place] = 0 }
        }
        for frame in 0..<images.frames {
            for range in blankBands { for band in range { output[start + frame * bands + band] = 0 } }
        }
    }
}
