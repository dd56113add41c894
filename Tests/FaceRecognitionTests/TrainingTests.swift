import Engine
import FaceRecognition
import Foundation
import Images
import NeuralNetworks
import Pipelines
import Testing

/// Recipes of face-match, and what their parts do to chips and distances.
@Suite struct TrainingTests {
    private static let still = """
        repeats: 1, mirror: 0, shift: 0, turn: 0, zoom: 0, bend: 0, light: 0, contrast: 0, gamma: 0, blur: 0, noise: 0,
        occlusion: 0
        """

    private func recipe(_ text: String) throws -> FaceRecipe {
        try Recipe<FaceRecipe>(text, path: "faces.yaml").content
    }

    /// A picture without symmetry.
    private static func picture(side: Int) -> Image {
        var picture = Image(width: side, height: side)
        for y in 0..<side {
            for x in 0..<side {
                picture[x, y] = .init(
                    red: UInt8(x * 255 / side), green: UInt8(y * 255 / side), blue: UInt8((x * 7 + y * 3) % 256))
            }
        }
        return picture
    }

    /// A chip of 16 pixels with a border of 4, varied by what the text changes of an augmentation that does nothing.
    private func varied(_ change: String, number: Int = 0) throws -> Image {
        let parts = change.split(separator: ":")
        var text = Self.still.replacing("\n", with: " ")
        if parts.count == 2 {
            text = text.split(separator: ",").map { part in
                part.trimmingCharacters(in: .whitespaces).hasPrefix(parts[0] + ":") ? " " + change : String(part)
            }.joined(separator: ",")
        }
        let augmentation = try recipe("augmentation: {\(text)}").augmentation
        let random = RandomStream(seed: 3, name: "test", number: number)
        return ChipVariation.image(of: Self.picture(side: 24), border: 4, 16, augmentation, random)
    }

    @Test("what does nothing leaves the chip's pixels, and a mirror turns them round") func still() throws {
        let chip = Self.picture(side: 24).cropped(x: 4, y: 4, width: 16, height: 16)
        #expect(try varied("") == chip)
        #expect(try varied("mirror: 1") == chip.mirrored)
    }

    @Test(
        "each kind of variation changes the chip, by no more than it says, alike for the same draw",
        arguments: [
            ("shift: 0.1", 40.0), ("turn: 10", 40), ("zoom: 0.2", 40), ("bend: 0.05", 40), ("light: 0.2", 60),
            ("contrast: 0.2", 40), ("gamma: 0.2", 40), ("blur: 1", 60), ("noise: 0.02", 16), ("occlusion: 1", 255),
        ])
    func variation(_ change: String, _ most: Double) throws {
        let chip = Self.picture(side: 24).cropped(x: 4, y: 4, width: 16, height: 16)
        var differences: Set<Image> = []
        for number in 0..<8 {
            let image = try varied(change, number: number)
            #expect(try varied(change, number: number) == image)
            // Red and green rise slowly, so that a pixel that has moved a little has changed a little.
            let slow = (0..<16 * 16).map { place in
                abs(Double(image.pixels[place * 3]) - Double(chip.pixels[place * 3]))
            }
            #expect(try #require(slow.max()) <= most)
            differences.insert(image)
        }
        #expect(
            change.hasPrefix("blur") ? differences.count == 1 && !differences.contains(chip) : differences.count > 6)
    }

    @Test("a shift moves a chip into its border, not beyond its share") func shift() throws {
        for number in 0..<20 {
            let image = try varied("shift: 0.25", number: number)
            // Along x the red is x·255/24, from the fourth pixel on.
            let moved = Double(image[8, 8].red) * 24 / 255 - 12
            #expect(abs(moved) <= 4.2)
        }
    }

    @Test("a curve over normal distances is the one that theory has, and rates are its tail's") func calibration()
        throws
    {
        var random = SystemRandom(state: 7)
        func normal(_ mean: Double, _ deviation: Double) -> Double {
            mean + deviation * (-2 * log(random.unit())).squareRoot() * cos(2 * .pi * random.unit())
        }
        let same = (0..<4_000).map { _ in VerificationFigures.Pair(distance: normal(0.65, 0.05), isSame: true) }
        let different = (0..<40_000).map { _ in VerificationFigures.Pair(distance: normal(0.8, 0.05), isSame: false) }
        let calibration = try #require(Calibration(same + different))
        // Of two normal distributions of one variance s the logit is (m₁ − m₂)/s² · (d − (m₁ + m₂)/2).
        #expect(abs(calibration.threshold - 0.725) < 0.002)
        let quarter = try #require(calibration.probability(ofDistance: 0.725 + log(3) / (0.15 / 0.0025)))
        #expect(abs(quarter - 0.25) < 0.02)
        for (rate, beyond) in [(1e-2, 2.326), (1e-3, 3.090), (1e-4, 3.719)] {
            #expect(abs(calibration.threshold(forFalseMatchRate: rate) - (0.8 - beyond * 0.05)) < 0.02, "\(rate)")
        }
        // Without pairs of one person there is no probability.
        let half = try #require(Calibration(different))
        #expect(half.probability(ofDistance: 0.5) == nil && half.threshold == half.threshold(forFalseMatchRate: 1e-2))
        #expect(Calibration(Array(different.prefix(2))) == nil)
        // Kinds that do not overlap at all have a finite curve too.
        let near = (0..<50).map { VerificationFigures.Pair(distance: 0.2 + Double($0) / 1_000, isSame: true) }
        let far = (0..<500).map { VerificationFigures.Pair(distance: 0.9 + Double($0) / 10_000, isSame: false) }
        let apart = try #require(Calibration(near + far))
        #expect((0.3...0.85).contains(apart.threshold))
    }

    @Test("recipes that cannot be are refused by their line") func recipes() throws {
        func fault(_ text: String) -> String {
            do {
                _ = try recipe(text)
                return "none"
            } catch { return "\(error)" }
        }
        #expect(fault("learn: people\nnetwork: {stem: 8}").hasPrefix("faces.yaml:2: where people are learned"))
        #expect(fault("learn: persons").contains("accepted is one of network, people"))
        #expect(fault("chip: {side: 8}").contains("accepted are 16 to 512"))
        #expect(fault("augmentation: {mirror: 2}").hasPrefix("faces.yaml:1: "))
        #expect(fault("augmentation: {flip: 1}").contains("unknown key"))
        for name in ["faces", "faces-people"] {
            let path = URL(filePath: #filePath).appending(path: "../../../pipelines/\(name).yaml").standardized.path
            _ = try Recipe.read(path, as: FaceRecipe.self)
        }
    }

    @Test("a network's vectors have length 1 and its outputs are cosines") func network() throws {
        var recipe = FaceNetwork()
        (recipe.stem, recipe.blocks, recipe.embedding) = (4, [8, 8], 6)
        let training = try Training(
            recipe.layers(people: 5), input: [3, 16, 16], loss: .largeMarginCosine(), optimizer: .adamW(),
            schedule: .constant(rate: 1e-3), options: .init(threads: 1))
        let graph = try training.graph(outputName: "similarities")
        #expect(graph.outputs.map(\.name) == ["similarities", "embedding"])
        var random = RandomStream(seed: 1, name: "pictures")
        let input = Tensor((0..<2 * 3 * 16 * 16).map { _ in random.uniform(-1, 1) }, shape: [2, 3, 16, 16])
        let outputs = try Model(graph).run(["input": input])
        let vectors = try #require(outputs["embedding"]), cosines = try #require(outputs["similarities"])
        #expect(vectors.shape == [2, 6] && cosines.shape == [2, 5])
        for row in 0..<2 {
            let length = vectors.floats[row * 6..<row * 6 + 6].reduce(0) { $0 + $1 * $1 }
            #expect(abs(length - 1) < 1e-5)
        }
        #expect(cosines.floats.allSatisfy { (-1.00001...1.00001).contains($0) })
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
private struct SystemRandom {
    var state: UInt64
    mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return (Double((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53
    }
}
