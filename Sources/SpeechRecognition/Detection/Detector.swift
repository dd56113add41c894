import Audio

/// Turns what a network sees in overlapping windows into keywords: one for each time that a word is said.
///
/// The probabilities of a few windows are averaged. A word whose average reaches the threshold is a candidate; it is
/// decided as soon as the sound of the word has ended, or the window has left it behind. A word that is held goes on
/// until its sound ends or dips, and is no second word until then.
struct Detector {
    /// Frames after a word's sound fell silent until the word counts as ended: longer than the closure of a `t`.
    private static let endingFrames = 10
    /// Looks that a candidate needs before it is decided.
    private static let leastLooks = 2
    /// A second word is set off from the one before by such a dip, in dB.
    private static let dip: Float = 6
    /// Frames from the middle of a word to that of its repetition, at least.
    private static let repetitionFrames = 40
    /// Frames of a word's end in which it is not known again.
    private static let leftBehind = 5
    /// Levels above the floor and below the loudest, in dB, between which sound is taken for the word's.
    private static let (shareOfRise, mostBelowPeak, leastRise): (Float, Float, Float) = (0.3, 25, 5)
    /// Frames about the middle in which a word is looked for, and half of what is taken where its sound is not to be told.
    private static let (reach, half) = (50, 25)

    private struct Candidate {
        var looks = 0
        /// Sums over its looks, of each label.
        var sums: [Float]
        var peaks: [Float]
        /// The sums of weights, and of the windows' middles with them.
        var weight: Float = 0
        var middle: Float = 0
    }
    private struct Heard {
        var label: Int
        var middle: Int
        var range: Range<Int>
        /// Whether its sound still goes on; it is told when that ends.
        var isHeld: Bool
        /// Whether the network has let go of it.
        var isReleased = false
        /// The level of what was there before it.
        var floor: Float
        var confidence: Float
    }

    private let labels: [String]
    private let silence: Int
    private let listened: [Int]
    private let threshold: Float
    private let smoothing: Int
    private let windowFrames: Int
    private let seconds: (Int) -> Double
    private var recent: [[Float]] = []
    private var candidate: Candidate?
    private var last: Heard?

    /// - Parameter words: those to listen for; each is one of the model's.
    init(_ model: KeywordModel, words: [String], parameters: DetectionParameters) {
        labels = model.labels.all
        silence = model.labels.silenceIndex
        listened = words.compactMap(model.labels.index)
        threshold = Float(parameters.threshold)
        smoothing = parameters.smoothing
        windowFrames = model.frontEnd.frames
        let logMel = model.frontEnd.logMel
        seconds = { Double($0 * logMel.hop) / Double(logMel.sampleRate) }
    }

    /// What a window brings to light.
    ///
    /// - Parameter levels: of the stream, up to the window's end.
    mutating func push(_ look: Look, levels: LevelTrack) -> [Keyword] {
        recent.append(look.probabilities)
        if recent.count > smoothing { recent.removeFirst() }
        var scores = [Float](repeating: 0, count: labels.count)
        for probabilities in recent {
            for index in scores.indices { scores[index] += probabilities[index] / Float(smoothing) }
        }
        // A word has its middle where the window has its.
        let (middle, now) = (look.start + windowFrames / 2, look.start + windowFrames)
        var keywords = follow(levels, until: now)
        release(scores)
        var best = listened.first ?? silence
        for index in listened where scores[index] > scores[best] { best = index }
        if candidate == nil, scores[best] >= threshold, isNew(best, middle: middle, levels: levels) {
            let zeros = [Float](repeating: 0, count: labels.count)
            candidate = Candidate(sums: zeros, peaks: zeros)
            if let last { keywords += tell(endingAt: dip(behind: last, middle: middle, levels: levels)) }
        }
        guard var current = candidate else { return keywords }
        current.looks += 1
        for index in scores.indices where index != silence {
            current.sums[index] += scores[index]
            current.peaks[index] = max(current.peaks[index], scores[index])
        }
        current.weight += scores[best]
        current.middle += scores[best] * Float(middle)
        candidate = current
        let isLeft = scores[best] < threshold / 2
        if isLeft || current.looks >= Self.leastLooks && hasEnded(current, levels: levels, now: now) {
            keywords += decide(current, levels: levels, now: now)
            candidate = nil
        }
        return keywords
    }

    /// What was still open when the sound ended.
    mutating func finish(levels: LevelTrack, end: Int) -> [Keyword] {
        var keywords: [Keyword] = []
        if let candidate { keywords += decide(candidate, levels: levels, now: end) }
        candidate = nil
        return keywords + tell(endingAt: last.map { min($0.range.upperBound, end) })
    }

    private func hasEnded(_ candidate: Candidate, levels: LevelTrack, now: Int) -> Bool {
        sound(of: candidate, levels: levels, now: now).upperBound + Self.endingFrames <= now
    }

    /// Whether a word in the middle of a window is another than the one heard last: set off by a dip, or there when the
    /// network had let go of the other and its sound had ended.
    private func isNew(_ label: Int, middle: Int, levels: LevelTrack) -> Bool {
        guard let last else { return true }
        guard middle >= last.middle + Self.repetitionFrames, !isEcho(label, middle: middle) else { return false }
        if dip(behind: last, middle: middle, levels: levels) != nil { return true }
        return last.isReleased && !last.isHeld && middle >= last.range.upperBound
    }

    /// Whether a window holds the word heard last, and no other word is found in it: the network knows a word at the
    /// window's edge too, whatever is in its middle.
    private func isEcho(_ label: Int, middle: Int) -> Bool {
        guard let last, last.label == label else { return false }
        return middle - windowFrames / 2 + Self.leftBehind < last.range.upperBound
    }

    /// The quietest frame between a word and the sound about `middle`, if both stand out from it.
    private func dip(behind last: Heard, middle: Int, levels: LevelTrack) -> Int? {
        let peak = levels.loudest(middle - Self.half..<middle + Self.half)
        let before = levels.loudest(
            last.range.lowerBound..<max(min(last.range.upperBound, middle - Self.half), last.range.lowerBound + 1))
        guard before < peak else { return nil }
        let quietest = (before..<peak).min { levels[$0] < levels[$1] } ?? before
        return min(levels[peak], levels[before]) - levels[quietest] >= Self.dip ? quietest : nil
    }

    /// Notes that the network has let go of the word heard last.
    private mutating func release(_ scores: [Float]) {
        if let heard = last, scores[heard.label] < threshold / 2 { last?.isReleased = true }
    }

    /// Follows the sound of a word that is held, until it ends.
    private mutating func follow(_ levels: LevelTrack, until now: Int) -> [Keyword] {
        guard let heard = last, heard.isHeld else { return [] }
        let limit = limit(at: levels.loudest(heard.range), above: heard.floor, levels: levels)
        var (end, frame) = (heard.range.upperBound, heard.range.upperBound)
        while frame < now, frame - end < Self.endingFrames {
            if levels[frame] >= limit { end = frame + 1 }
            frame += 1
        }
        last?.range = heard.range.lowerBound..<end
        return now - end >= Self.endingFrames ? tell() : []
    }

    /// Closes the word heard last, if it was still held.
    private mutating func tell(endingAt end: Int? = nil) -> [Keyword] {
        guard var heard = last, heard.isHeld else { return [] }
        if let end { heard.range = heard.range.lowerBound..<max(end, heard.range.lowerBound + 1) }
        heard.isHeld = false
        last = heard
        return [keyword(heard)]
    }

    private mutating func decide(_ candidate: Candidate, levels: LevelTrack, now: Int) -> [Keyword] {
        var best = listened.first ?? silence
        for index in candidate.sums.indices where candidate.sums[index] > candidate.sums[best] { best = index }
        let middle = Int(candidate.middle / max(candidate.weight, 1e-6))
        guard listened.contains(best), candidate.peaks[best] >= threshold, !isEcho(best, middle: middle) else {
            return []
        }
        let range = sound(of: candidate, levels: levels, now: now)
        let floor = levels.floor
        let isHeld =
            levels[levels.loudest(range)] - floor >= Self.leastRise
            && (range.upperBound + Self.endingFrames > now || goesOn(behind: range, until: now, levels: levels))
        let heard = Heard(
            label: best, middle: (range.lowerBound + range.upperBound) / 2, range: range, isHeld: isHeld,
            floor: floor, confidence: min(candidate.peaks[best], 1))
        last = heard
        return isHeld ? [] : [keyword(heard)]
    }

    private func keyword(_ heard: Heard) -> Keyword {
        Keyword(
            word: labels[heard.label], start: max(0, seconds(heard.range.lowerBound)),
            end: seconds(heard.range.upperBound),
            confidence: heard.confidence)
    }

    /// The frames in which a candidate sounds: about the loudest frame near the middle of its windows, as far as the
    /// level stays above a share of the way there from the quietest, with gaps as long as a closure.
    private func sound(of candidate: Candidate, levels: LevelTrack, now: Int) -> Range<Int> {
        let middle = Int(candidate.middle / max(candidate.weight, 1e-6))
        let earliest = max(middle - Self.reach, last.map { $0.range.upperBound } ?? -Self.reach, 0)
        let latest = max(min(middle + Self.reach, now), earliest + 1)
        let peak = levels.loudest(max(earliest, min(middle - Self.half, latest - 1))..<latest)
        guard levels[peak] - levels.floor >= Self.leastRise else {
            return max(0, middle - Self.half)..<max(middle + Self.half, 1)
        }
        // A word is set off from what is about it; one that fills all of that, from what was long before.
        let quietest = levels.extent(earliest..<latest).low
        let limit = limit(
            at: peak, above: levels[peak] - quietest >= Self.leastRise ? quietest : levels.floor, levels: levels)
        var (start, end) = (peak, peak + 1)
        var frame = peak
        while frame > earliest, start - frame < Self.endingFrames {
            frame -= 1
            if levels[frame] >= limit { start = frame }
        }
        frame = end
        while frame < latest, frame - end < Self.endingFrames {
            if levels[frame] >= limit { end = frame + 1 }
            frame += 1
        }
        return start..<end
    }

    /// Whether a word's sound goes on without a dip, further than a word is looked for.
    private func goesOn(behind range: Range<Int>, until now: Int, levels: LevelTrack) -> Bool {
        levels.extent(range.upperBound..<now).low >= levels[levels.loudest(range)] - Self.dip
    }

    /// The level down to which sound belongs to a word with such a peak.
    private func limit(at peak: Int, above floor: Float, levels: LevelTrack) -> Float {
        max(floor + Self.shareOfRise * (levels[peak] - floor), levels[peak] - Self.mostBelowPeak)
    }
}
