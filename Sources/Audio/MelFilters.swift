import Glibc

/// Triangular filters on the mel scale.
///
/// mel(f) = 1127 ln(1 + f / 700). The edges of B bands are B + 2 points, equally spaced in mel; band j rises, linearly
/// in mel, from point j to 1 at point j + 1, and falls to 0 at point j + 2. Source: Young et al., The HTK Book 3.4
/// (2006), section 5.6.
struct MelFilters {
    /// Where a band's weights lie, and the spectral line of the first.
    private struct Band {
        var firstLine: Int
        var weights: Range<Int>
    }

    private var bands: [Band] = []
    private var weights: [Float] = []
    /// Spectral lines that any band looks at: 0 up to this.
    private(set) var lines = 0

    init(_ parameters: LogMelParameters) {
        func mel(_ hertz: Double) -> Double { 1_127 * log(1 + hertz / 700) }
        let lowest = mel(parameters.lowestHertz)
        let step = (mel(parameters.highestHertz) - lowest) / Double(parameters.bands + 1)
        let hertz = Double(parameters.sampleRate) / Double(parameters.fftSize)
        // Each line's place among the edges, in steps.
        let places = (0...parameters.fftSize / 2).map { (mel(Double($0) * hertz) - lowest) / step }
        for band in 0..<parameters.bands {
            let start = weights.count
            var firstLine = 0
            for (line, place) in places.enumerated() {
                let weight = min(place - Double(band), Double(band + 2) - place)
                guard weight > 0 else { continue }
                if weights.count == start { firstLine = line }
                weights.append(Float(weight))
            }
            bands.append(Band(firstLine: firstLine, weights: start..<weights.count))
            lines = max(lines, firstLine + weights.count - start)
        }
    }

    /// The first band without a single line, if there is one.
    var emptyBand: Int? { bands.firstIndex { $0.weights.isEmpty } }

    /// Puts each band's energy, the weighted sum of the lines' powers in rising order, into `energies`.
    func apply(to power: [Float], into energies: inout [Float]) {
        let (power, weights, bands) = (power.span, weights.span, bands.span)
        var output = energies.mutableSpan
        for index in bands.indices {
            let band = bands[index]
            let shift = band.weights.lowerBound - band.firstLine
            var sum: Float = 0
            for i in band.weights { sum += weights[i] * power[i - shift] }
            output[index] = sum
        }
    }
}
