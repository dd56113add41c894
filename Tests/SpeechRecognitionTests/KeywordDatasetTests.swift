import Engine
import NeuralNetworks
import SpeechRecognition
import Testing

@Suite struct KeywordDatasetTests {
    private let labels = KeywordLabels(words: ["no", "yes"])
    private let frontEnd = KeywordFrontEnd()

    /// Images without a pixel of 0, of which each frame and band is told apart.
    private func images(_ words: [String], value: (Int, Int, Int) -> Int = { ($0 * 50 + $1 + 3 * $2) % 200 + 20 })
        -> KeywordImages
    {
        var images = KeywordImages(frames: 98, bands: 40)
        for index in words.indices {
            let pixels = (0..<98 * 40).map { UInt8(value(index, $0 / 40, $0 % 40)) }
            images.append(pixels, words: [words[index]])
        }
        return images
    }

    private func plain() -> KeywordAugmentation {
        var augmentation = KeywordAugmentation()
        (augmentation.shift, augmentation.level, augmentation.timeMasks, augmentation.bandMasks) = (0, 0, 0, 0)
        return augmentation
    }

    private func batch(
        _ images: KeywordImages, _ augmentation: KeywordAugmentation?, _ indices: [Int] = [0], epoch: Int? = 0,
        seed: UInt64 = 1
    ) throws -> Batch {
        try KeywordDataset(images, labels: labels, frontEnd: frontEnd, augmentation: augmentation)
            .batch(indices, epoch: epoch, seed: seed)
    }

    @Test func `A batch is scaled images and the places of their labels`() throws {
        let images = images(["yes", "no", "_silence_"])
        let batch = try batch(images, nil, [2, 0])
        #expect(batch.inputs.shape == [2, 1, 98, 40])
        #expect(batch.inputs.floats == (Array(images[2]) + Array(images[0])).map { (Float($0) - 75) / 50 })
        #expect(batch.targets.integers == [2, 1])
    }

    @Test func `A clip of another word is refused`() {
        #expect(
            fault { _ = try batch(images(["maybe"]), nil) }
                == "data: clips of 'maybe', which is not among the words to learn")
    }

    @Test func `The same seed, epoch and number give the same image, in any batch`() throws {
        var augmentation = KeywordAugmentation()
        (augmentation.noise, augmentation.neighbours, augmentation.madeSilence) = (0.5, 0.5, 0.5)
        let images = images(["yes", "no", "_silence_", "no"])
        let all = try batch(images, augmentation, [0, 1, 2, 3, 4, 5], epoch: 3).inputs
        for index in 0..<6 {
            let alone = try batch(images, augmentation, [index], epoch: 3).inputs.floats
            #expect(alone == Array(all.floats[index * 3_920..<(index + 1) * 3_920]))
        }
        #expect(
            try batch(images, augmentation, [0], epoch: 4).inputs != batch(images, augmentation, [0], epoch: 3).inputs)
        #expect(
            try batch(images, augmentation, [0], epoch: 3, seed: 2).inputs
                != batch(images, augmentation, [0], epoch: 3).inputs)
    }

    @Test func `Outside of training nothing is varied`() throws {
        let images = images(["yes"])
        #expect(try batch(images, KeywordAugmentation(), epoch: nil).inputs == batch(images, nil).inputs)
    }

    @Test func `A move bares frames of value 0, either way and no further than said`() throws {
        var augmentation = plain()
        augmentation.shift = 5
        let images = images(["yes"]), dark = Float(-1.5)
        var shifts = Set<Int>()
        for epoch in 0..<60 {
            let values = try batch(images, augmentation, epoch: epoch).inputs.floats
            let before = values.prefix { $0 == dark }.count, after = values.reversed().prefix { $0 == dark }.count
            #expect(before % 40 == 0 && after % 40 == 0 && (before == 0 || after == 0))
            let kept = Array(images[0].dropFirst(after).dropLast(before)).map { (Float($0) - 75) / 50 }
            #expect(Array(values[before..<values.count - after]) == kept)
            shifts.insert((before - after) / 40)
        }
        #expect(shifts == Set(-5...5))
    }

    @Test func `A move may bare another clip instead`() throws {
        var augmentation = plain()
        (augmentation.shift, augmentation.neighbours) = (5, 1)
        let images = images(["yes"]) { _, _, _ in 100 }
        for epoch in 0..<20 {
            #expect(try batch(images, augmentation, epoch: epoch).inputs.floats.allSatisfy { $0 == 0.5 })
        }
    }

    @Test func `Masks blank stretches of frames and of bands, no longer than said`() throws {
        var augmentation = plain()
        (augmentation.timeMasks, augmentation.timeMaskFrames) = (1, 7)
        let images = images(["yes"]) { _, _, _ in 200 }
        func blank(_ epoch: Int) throws -> (frames: [Int], bands: [Int]) {
            let values = try batch(images, augmentation, epoch: epoch).inputs.floats
            #expect(values.allSatisfy { $0 == 0 || $0 == 2.5 })
            return (
                (0..<98).filter { frame in (0..<40).allSatisfy { values[frame * 40 + $0] == 0 } },
                (0..<40).filter { band in (0..<98).allSatisfy { values[$0 * 40 + band] == 0 } }
            )
        }
        var lengths = Set<Int>()
        for epoch in 0..<60 {
            let (frames, bands) = try blank(epoch)
            #expect(bands == [] && frames == Array(frames.prefix(1).flatMap { $0..<$0 + frames.count }))
            lengths.insert(frames.count)
        }
        #expect(lengths == Set(0...7))
        augmentation = plain()
        (augmentation.bandMasks, augmentation.bandMaskBands) = (1, 3)
        lengths = []
        for epoch in 0..<60 {
            let (frames, bands) = try blank(epoch)
            #expect(frames == [] && bands == Array(bands.prefix(1).flatMap { $0..<$0 + bands.count }))
            lengths.insert(bands.count)
        }
        #expect(lengths == Set(0...3))
    }

    @Test func `Masks wider than the image and moves further than it blank all of it at most`() throws {
        var augmentation = plain()
        (augmentation.shift, augmentation.timeMasks, augmentation.timeMaskFrames) = (1_000, 2, 1_000)
        (augmentation.bandMasks, augmentation.bandMaskBands) = (2, 1_000)
        for epoch in 0..<50 {
            #expect(try batch(images(["yes"]), augmentation, epoch: epoch).inputs.floats.count == 3_920)
        }
    }

    @Test func `The level is raised and lowered within its bounds, silence is not`() throws {
        var augmentation = plain()
        augmentation.level = 6
        let images = images(["yes"]) { _, frame, _ in frame < 10 ? 0 : 100 }
        var seen: ClosedRange<Float> = 0.5...0.5
        for epoch in 0..<40 {
            let values = try batch(images, augmentation, epoch: epoch).inputs.floats
            #expect(values[0] == -1.5 && values[399] == -1.5)
            #expect(abs(values[400] - 0.5) <= 0.12 && values[400...].allSatisfy { $0 == values[400] })
            seen = min(seen.lowerBound, values[400])...max(seen.upperBound, values[400])
        }
        #expect(seen.lowerBound < 0.42 && seen.upperBound > 0.58)
    }

    @Test func `Noise is added in power, so far below as said`() throws {
        var augmentation = plain()
        (augmentation.noise, augmentation.noiseDecibels) = (1, [0, 0])
        // The noise's level does not matter, only how far below it is put: as loud as the clip gives 10 ln 2 more.
        for loudness in [40, 180] {
            let images = images(["yes", "_silence_"]) { index, _, _ in index == 0 ? 100 : loudness }
            #expect(try batch(images, augmentation).inputs.floats.allSatisfy { $0 == (107 - 75) / 50 })
        }
        augmentation.noiseDecibels = [20, 20]
        let images = images(["yes", "_silence_"]) { index, frame, _ in index == 0 ? (frame < 49 ? 150 : 1) : 90 }
        // 20 dB are 46 of a value; half the clip is as good as silent, so its mean lies 7 below its loud half.
        let values = try batch(images, augmentation).inputs.floats
        #expect(values[0] == 1.5 && abs(values[3_919] * 50 + 75 - 97) <= 1)
    }

    @Test func `Made silence is as much as said, and is silence`() throws {
        var augmentation = plain()
        augmentation.madeSilence = 0.5
        let images = images(Array(repeating: "yes", count: 100))
        let clips = try KeywordDataset(images, labels: labels, frontEnd: frontEnd, augmentation: augmentation)
        #expect(clips.count == 150)
        let batch = clips.batch(Array(100..<150), epoch: 0, seed: 1)
        #expect(batch.targets.integers?.allSatisfy { $0 == 2 } == true)
        let kinds = (0..<50).map { Array(batch.inputs.floats[$0 * 3_920..<($0 + 1) * 3_920]) }
        #expect(kinds.contains { $0.allSatisfy { $0 == -1.5 } }, "digital silence")
        #expect(
            kinds.contains { image in
                image.contains { $0 != -1.5 } && (40..<3_920).allSatisfy { image[$0] == image[$0 - 40] }
            }, "hum")
        #expect(Set(kinds).count > 30)
        #expect(kinds.joined().allSatisfy { (-1.5...3.6).contains($0) })
    }
}
