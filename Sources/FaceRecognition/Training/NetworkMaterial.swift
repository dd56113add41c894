internal import Engine
internal import Images
internal import NeuralNetworks
internal import Pipelines

/// Chips that a network is learned from.
struct NetworkMaterial: FaceMaterial {
    let people: [String]
    let examples: ChipDataset
    let heldBack: ChipDataset?
    private let recipe: FaceRecipe
    private let chip: FaceRecipe.Chip
    private let isAligned: Bool
    private static let pixels = PixelRange.signed

    init(_ photos: FacePhotos, _ recipe: FaceRecipe, border: Int, isAligned: Bool) {
        people = photos.people
        chip = recipe.chip ?? FaceRecipe.Chip()
        let parts = photos.split(holdingBack: recipe.validation.photos)
        examples = ChipDataset(
            chips: parts.learned, side: chip.side, border: border, pixels: Self.pixels,
            augmentation: recipe.augmentation)
        heldBack =
            parts.heldBack.isEmpty
            ? nil
            : ChipDataset(
                chips: parts.heldBack, side: chip.side, border: border, pixels: Self.pixels, augmentation: nil)
        (self.recipe, self.isAligned) = (recipe, isAligned)
    }

    var network: some Layer { (recipe.network ?? FaceNetwork()).layers(people: people.count) }
    var input: Shape { [3, chip.side, chip.side] }

    func prepare(_ training: inout Training) {}

    func graph(of training: borrowing Training) throws -> Graph { try training.graph(outputName: "similarities") }

    /// What distances mean is told by the photos that were held back. Where none were, pairs of two people are those that were learned, and in
    /// pairs of one person a photo is varied as in training: both look better than they will be.
    func metadata(of graph: Graph, _ training: borrowing Training) throws -> EmbedderMetadata {
        var metadata = EmbedderMetadata(
            template: chip.template, pixels: Self.pixels, isAligned: isAligned, people: people)
        let learned = try vectors(of: examples.chips, by: graph) { $1 }
        let directions = try metadata.directions(in: graph).enumerated().map(FacePairs.Vector.init)
        let seen: [FacePairs.Vector]
        if let heldBack {
            seen = try vectors(of: heldBack.chips, by: graph) { $1 }
            metadata.calibration = Calibration(FacePairs.pairs(of: seen, with: learned))
        } else {
            seen = try vectors(of: examples.chips, by: graph) { number, _ in varied(number) }
            let same = FacePairs.pairs(of: seen, with: learned, taking: [true])
            metadata.calibration = Calibration(same + FacePairs.pairs(of: learned, with: learned, taking: [false]))
        }
        metadata.peopleCalibration = Calibration(FacePairs.pairs(of: seen, with: directions))
        return metadata
    }

    private func varied(_ number: Int) -> Image {
        let random = RandomStream(seed: recipe.training.seed, name: "calibration", number: number)
        return ChipVariation.image(
            of: examples.chips[number].image, border: examples.border, chip.side, recipe.augmentation, random)
    }

    /// Whose each chip is, and its vector with its mirror image's.
    private func vectors(
        of chips: [FacePhotos.Chip], by graph: Graph, _ change: (Int, Image) -> Image
    ) throws -> [FacePairs.Vector] {
        let embedder = try FaceEmbedder(Model(graph), predictor: nil, template: chip.template, pixels: Self.pixels)
        let images = chips.enumerated().map { number, own in
            change(
                number,
                own.image.cropped(x: examples.border, y: examples.border, width: chip.side, height: chip.side))
        }
        return try zip(chips, embedder.embeddings(ofAligned: images)).map {
            FacePairs.Vector(person: $0.person, numbers: $1)
        }
    }
}
