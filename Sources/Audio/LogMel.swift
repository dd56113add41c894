import Glibc

/// Log-mel frames of a stream of samples.
///
/// Frame t is made of the `frameLength` samples from t × `hop` on, without pre-emphasis, the first frame at the first
/// sample: Hann window w[n] = 0.5 − 0.5 cos(2πn / frameLength); power |X[b]|² / frameLength of an FFT over `fftSize`;
/// energies E of triangular mel filters (HTK's mel scale, peak 1); value = round(scale · ln(max(E, floor))), held
/// between the lowest and the highest value.
///
/// Samples are in the scale of 16-bit samples (−32,768…32,767), as ``AudioStream`` gives them. Frames are the same bit
/// for bit however the samples are cut into blocks. A minute takes about 15 ms of one core.
///
/// ```swift
/// var logMel = try LogMel()
/// let image = logMel.frames(of: [Float](repeating: 0, count: 16_000))  // 98 × 40 values, a row a frame
/// ```
public struct LogMel: ~Copyable {
    /// What the frames are made with.
    public let parameters: LogMelParameters
    private let filters: MelFilters
    private let window: HannWindow
    private let floor: Float
    private let scale: Float
    private let values: ClosedRange<Float>
    private var transform: RealFFT
    /// Samples that a frame to come needs.
    private var waiting: [Float] = []
    private var windowed: [Float]
    private var power: [Float]
    private var energies: [Float]

    /// A stream at its beginning. Throws ``LogMelParameters/InvalidValue``.
    public init(_ parameters: LogMelParameters = LogMelParameters()) throws {
        try parameters.validate()
        self.parameters = parameters
        filters = MelFilters(parameters)
        window = HannWindow(length: parameters.frameLength)
        floor = Float(parameters.floor)
        scale = Float(parameters.scale)
        values = Float(parameters.lowestValue)...Float(parameters.highestValue)
        transform = RealFFT(size: parameters.fftSize)
        windowed = [Float](repeating: 0, count: parameters.fftSize)
        power = [Float](repeating: 0, count: filters.lines)
        energies = [Float](repeating: 0, count: parameters.bands)
    }

    /// The frames that these samples complete, `bands` values a frame, one frame after the other.
    public mutating func push(_ samples: [Float]) -> [Float] {
        waiting += samples
        let count = parameters.frameCount(samples: waiting.count)
        var frames: [Float] = []
        frames.reserveCapacity(count * parameters.bands)
        for frame in 0..<count { append(at: frame * parameters.hop, to: &frames) }
        waiting.removeFirst(count * parameters.hop)
        return frames
    }

    /// All frames of a sound of its own: `frameCount(samples:)` × `bands` values.
    ///
    /// The stream begins anew before and after.
    public mutating func frames(of samples: [Float]) -> [Float] {
        reset()
        defer { reset() }
        return push(samples)
    }

    /// Forgets the samples so far: the next one is the first of a stream.
    public mutating func reset() {
        waiting.removeAll(keepingCapacity: true)
    }

    private mutating func append(at start: Int, to frames: inout [Float]) {
        window.multiply(waiting, from: start, into: &windowed)
        transform.power(of: windowed, into: &power)
        filters.apply(to: power, into: &energies)
        for energy in energies {
            // An energy that is no number (of samples beyond all measure) counts as the largest.
            let value = energy.isNaN ? values.upperBound : scale * log(max(energy, floor))
            let whole =
                switch parameters.rounding {
                case .nearest: value.rounded(.toNearestOrEven)
                case .none: value
                }
            frames.append(min(max(whole, values.lowerBound), values.upperBound))
        }
    }
}
