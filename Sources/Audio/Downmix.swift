/// One channel out of several: their mean, or the loudest where the mean would cancel them.
///
/// Stereo with one side wired the wrong way round, or a microphone on one channel of many, would come out as near
/// silence. So the source is cut into blocks of 20 ms, counted from its first frame (not as a pipe happens to deliver
/// them, so a pipe gives the samples that a file gives). Energies of the mean and of each channel are leaky sums over
/// blocks, the present one included; a block's weight falls to 0.8 with each that follows (time constant 0.09 s). The
/// mean is left when its energy falls more than 12 dB below that of the loudest channel, and returned to when it is
/// less than 9 dB below; another channel is chosen when it is 3 dB louder than the one that was. A change is a linear
/// cross-fade over the block. Digital silence changes nothing. A single channel is passed on as it is, without
/// blocks; of more, a frame waits 20 ms at most.
struct Downmix {
    /// What comes out.
    private enum Choice: Hashable {
        case mean
        case channel(Int)
    }

    private let channels: Int
    private let blockFrames: Int
    private var waiting: [Float] = []
    private var meanEnergy = 0.0
    private var energies: [Double]
    /// `nil` before the first block.
    private var choice: Choice?

    private static let memory = 0.8
    private static let leave = 0.063_095_734  // −12 dB
    private static let comeBack = 0.125_892_541  // −9 dB
    private static let louder = 1.995_262_315  // +3 dB

    init(channels: Int, sampleRate: Int) {
        self.channels = channels
        blockFrames = max(sampleRate / 50, 1)
        energies = [Double](repeating: 0, count: channels)
    }

    /// The frames of all blocks that these samples complete.
    mutating func push(_ interleaved: [Float]) -> [Float] {
        guard channels > 1 else { return interleaved }
        waiting += interleaved
        let size = blockFrames * channels
        var result: [Float] = []
        var start = 0
        while waiting.count - start >= size {
            mix(start..<start + size, into: &result)
            start += size
        }
        waiting.removeFirst(start)
        return result
    }

    /// The frames of the last, incomplete block.
    mutating func finish() -> [Float] {
        var result: [Float] = []
        if !waiting.isEmpty { mix(0..<waiting.count, into: &result) }
        waiting = []
        return result
    }

    private mutating func mix(_ range: Range<Int>, into result: inout [Float]) {
        let means = measure(range)
        let new = choose()
        let old = choice ?? new
        choice = new
        func sample(_ choice: Choice, _ frame: Int) -> Float {
            switch choice {
            case .mean: means[frame]
            case .channel(let channel): waiting[range.lowerBound + frame * channels + channel]
            }
        }
        guard old != new || new != .mean else { return result += means }
        for frame in means.indices {
            let fade = old == new ? 1 : Float(frame + 1) / Float(means.count)
            let target = sample(new, frame)
            result.append(fade == 1 ? target : sample(old, frame) * (1 - fade) + target * fade)
        }
    }

    /// The block's means; takes its energies into the sums.
    private mutating func measure(_ range: Range<Int>) -> [Float] {
        var means = [Float](repeating: 0, count: range.count / channels)
        var sums = energies.map { $0 * Self.memory }
        meanEnergy = meanEnergy * Self.memory + Self.add(waiting.span.extracting(range), to: &sums, means: &means)
        energies = sums
        return means
    }

    /// Adds each channel's energy to `sums`, puts the means of the frames into `means`, and gives their energy.
    private static func add(_ input: Span<Float>, to sums: inout [Double], means: inout [Float]) -> Double {
        var sums = sums.mutableSpan
        var means = means.mutableSpan
        let share = 1 / Double(sums.count)
        var energy = 0.0
        var i = 0
        for frame in means.indices {
            var sum = 0.0
            for channel in sums.indices {
                let sample = Double(input[i])
                sum += sample
                sums[channel] += sample * sample
                i += 1
            }
            means[frame] = Float(sum * share)
            energy += (sum * share) * (sum * share)
        }
        return energy
    }

    private func choose() -> Choice {
        var loudest = 0
        for channel in 1..<channels where energies[channel] > energies[loudest] { loudest = channel }
        guard energies[loudest] > 0 else { return choice ?? .mean }
        guard case .channel(let present)? = choice else {
            return meanEnergy < energies[loudest] * Self.leave ? .channel(loudest) : .mean
        }
        if meanEnergy > energies[loudest] * Self.comeBack { return .mean }
        return .channel(energies[loudest] > energies[present] * Self.louder ? loudest : present)
    }
}
