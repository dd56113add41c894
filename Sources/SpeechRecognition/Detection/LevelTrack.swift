import Audio

/// How loud the latest frames of a stream are, in dB, averaged over five frames; hum is left out.
struct LevelTrack {
    /// Frames that are kept.
    private static let kept = 1_200
    /// Frames among which the quietest is the floor: what is steadier than that is no speech.
    private static let floorFrames = 500
    /// Frames that are averaged.
    private static let averaged = 5

    private let bands: Int
    private let firstBand: Int
    private let scale: Float
    /// Powers of the latest frames, for the average.
    private var powers: [Float] = []
    private var levels: [Float] = []
    /// The number of the first frame that is kept.
    private(set) var first = 0

    init(frontEnd: KeywordFrontEnd) {
        bands = frontEnd.logMel.bands
        scale = Float(frontEnd.logMel.scale)
        // An eighth of the bands, up to about 250 Hz: there is the hum of mains and motors.
        firstBand = bands / 8
    }

    /// The number of the next frame.
    private(set) var end = 0
    /// The number of the first frame behind the sound, once silence is put there.
    private var soundEnd: Int?

    /// Adds a frame: `bands` values from `start` on.
    mutating func append(_ values: [Float], at start: Int) {
        var power: Float = 0
        for band in firstBand..<bands { power += exponential(values[start + band] / scale) }
        powers.append(power)
        if powers.count > Self.averaged { powers.removeFirst() }
        levels.append(4.342_944_8 * logarithm(powers.reduce(0, +) / Float(powers.count)))
        end += 1
        if levels.count >= 2 * Self.kept {
            levels.removeFirst(Self.kept)
            first += Self.kept
        }
    }

    /// Frames from now on are no sound, and do not count for the floor.
    mutating func endSound() { soundEnd = end }

    /// What was known when a frame had not yet come.
    func before(_ frame: Int) -> LevelTrack {
        var earlier = self
        earlier.end = min(end, frame)
        return earlier
    }

    /// The level about a frame; of frames that are not there the nearest's.
    subscript(frame: Int) -> Float {
        guard end > first else { return 0 }
        // The average of five frames stands for the middle one.
        return levels[min(max(frame + Self.averaged / 2, first), end - 1) - first]
    }

    /// The level of what is always there.
    var floor: Float {
        let last = max(min(soundEnd ?? end, end), first)
        return levels[max(last - Self.floorFrames, first) - first..<last - first].min() ?? 0
    }

    /// The least and the greatest level in a range of frames; of those that are not there the nearest's.
    func extent(_ frames: Range<Int>) -> (low: Float, high: Float) {
        var (low, high) = (Float.infinity, -Float.infinity)
        for frame in frames {
            let level = self[frame]
            (low, high) = (min(low, level), max(high, level))
        }
        return (low, high)
    }

    /// The loudest frame in a range, of equals the first.
    func loudest(_ frames: Range<Int>) -> Int {
        var best = frames.lowerBound
        for frame in frames where self[frame] > self[best] { best = frame }
        return best
    }
}
