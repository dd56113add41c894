internal import Engine
internal import Images
internal import NeuralNetworks
internal import Pipelines
internal import Progress

/// Vectors of a network that stays as it is, among which a direction a person is learned.
struct PeopleMaterial: FaceMaterial {
    let people: [String]
    let examples: TensorDataset
    let heldBack: TensorDataset?
    private let recipe: FaceRecipe
    private let embedder: FaceEmbedder
    private let isAligned: Bool
    private let photos: [FacePairs.Vector]
    private let heldBackPhotos: [FacePairs.Vector]
    /// Of each photo in ``photos``, its vector and those of its variations.
    private let varied: [[[Float]]]

    /// Encodes each chip, and as many variations of it as the augmentation has repeats.
    init(
        _ photos: FacePhotos, _ recipe: FaceRecipe, border: Int, isAligned: Bool, embedder: FaceEmbedder,
        progress: ProgressHandler, shouldStop: () -> Bool
    ) throws {
        let parts = photos.split(holdingBack: recipe.validation.photos), side = embedder.aligner.side
        func plain(_ chip: FacePhotos.Chip) -> Image {
            chip.image.cropped(x: border, y: border, width: side, height: side)
        }
        var task = TaskProgress("encoding", unit: "photos", total: parts.learned.count + parts.heldBack.count)
        progress(.advanced(task))
        func told() throws {
            task.completed += 1
            progress(.advanced(task))
            if shouldStop() { throw CancellationError() }
        }
        var own: [FacePairs.Vector] = [], varied: [[[Float]]] = []
        for (number, chip) in parts.learned.enumerated() {
            let variations = (0..<recipe.augmentation.repeats).map { repeated in
                let random = RandomStream(
                    seed: recipe.training.seed, name: "augmentation",
                    number: repeated * parts.learned.count + number)
                return ChipVariation.image(of: chip.image, border: border, side, recipe.augmentation, random)
            }
            let vectors = try embedder.embeddings(ofAligned: [plain(chip)] + variations)
            own.append(FacePairs.Vector(person: chip.person, numbers: vectors[0]))
            varied.append(vectors)
            try told()
        }
        heldBackPhotos = try parts.heldBack.map { chip in
            try told()
            let vector = try embedder.embeddings(ofAligned: [plain(chip)])[0]
            return FacePairs.Vector(person: chip.person, numbers: vector)
        }
        progress(.finished(task))
        people = photos.people
        (self.photos, self.varied) = (own, varied)
        examples = try Self.dataset(zip(own.map(\.person), varied))
        heldBack =
            heldBackPhotos.isEmpty ? nil : try Self.dataset(heldBackPhotos.map { ($0.person, [$0.numbers]) })
        (self.recipe, self.embedder, self.isAligned) = (recipe, embedder, isAligned)
    }

    private static func dataset(_ photos: some Sequence<(Int, [[Float]])>) throws -> TensorDataset {
        var numbers: [Float] = [], classes: [Int] = []
        for (person, vectors) in photos {
            for vector in vectors {
                numbers += vector
                classes.append(person)
            }
        }
        let length = classes.isEmpty ? 0 : numbers.count / classes.count
        return try TensorDataset(inputs: Tensor(numbers, shape: [classes.count, length]), targets: classes)
    }

    var network: some Layer { PersonClassifier(body: Sequential([]), people: people.count) }
    var input: Shape { Shape(examples.inputs.shape.dropFirst()) }

    /// Each direction begins as the mean of the person's vectors.
    func prepare(_ training: inout Training) throws { try Self.prepare(&training, examples, people: people.count) }

    private static func prepare(_ training: inout Training, _ examples: TensorDataset, people: Int) throws {
        let length = examples.inputs.shape[1], numbers = examples.inputs.floats
        var sums = [Float](repeating: 0, count: people * length)
        for (row, person) in (examples.targets.integers ?? []).enumerated() {
            for place in 0..<length { sums[person * length + place] += numbers[row * length + place] }
        }
        let directions = (0..<people).flatMap {
            FaceEmbedder.direction(of: [Array(sums[$0 * length..<($0 + 1) * length])])
        }
        var state = training.state
        for name in [EmbedderMetadata.directions, EmbedderMetadata.directions + ".average"]
        where state.tensors[name] != nil {
            state.tensors[name] = Tensor(directions, shape: [people, length])
        }
        try training.restore(state)
    }

    func graph(of training: borrowing Training) throws -> Graph {
        let head = try training.graph(), base = embedder.graph
        guard let directions = head.constant(named: EmbedderMetadata.directions),
            let vectors = base.outputs.first(where: { $0.name == embedder.outputName })
        else { throw GraphError(fault: "the training gave no directions") }
        var builder = NetworkBuilder(base, weights: [EmbedderMetadata.directions: directions])
        let similarities = try builder.append(
            CosineClassifier(people.count), builder.append(UnitLength(), vectors.value))
        var graph = builder.graph
        graph.addOutput("similarities", similarities)
        return graph
    }

    /// How far photos are from the directions that were learned without them says what distances mean: from those held back, or
    /// else by five trainings, each without a fifth of the photos.
    func metadata(of graph: Graph, _ training: borrowing Training) throws -> EmbedderMetadata {
        var metadata = EmbedderMetadata(
            template: embedder.aligner.template, pixels: embedder.pixels, isAligned: isAligned, people: people)
        metadata.calibration = embedder.calibration
        let directions = try metadata.directions(in: graph).enumerated().map(FacePairs.Vector.init)
        var pairs = FacePairs.pairs(of: heldBackPhotos, with: directions)
        if heldBackPhotos.isEmpty {
            for fold in 0..<Self.folds { pairs += try self.pairs(ofFold: fold) }
        }
        // Of people with one photo each nothing can be left out; two photos are then what a photo and a direction are.
        metadata.peopleCalibration = Calibration(pairs) ?? embedder.calibration
        return metadata
    }

    private static let folds = 5

    /// Of a fifth of the photos, with directions learned from the others of people who have others.
    private func pairs(ofFold fold: Int) throws -> [VerificationFigures.Pair] {
        var counts: [Int: Int] = [:], isTested: [Bool] = []
        for photo in photos {
            isTested.append((counts[photo.person, default: 0] + photo.person) % Self.folds == fold)
            counts[photo.person, default: 0] += 1
        }
        for place in photos.indices where counts[photos[place].person] == 1 { isTested[place] = false }
        let learned = photos.indices.filter { !isTested[$0] }, tested = photos.indices.filter { isTested[$0] }
        guard !tested.isEmpty else { return [] }
        let examples = try Self.dataset(learned.map { (photos[$0].person, varied[$0]) })
        var training = try recipe.training.training(
            network, input: input, examples: examples.count,
            loss: .largeMarginCosine(scale: recipe.loss.scale, margin: recipe.loss.margin), threads: 1)
        try Self.prepare(&training, examples, people: people.count)
        for _ in 0..<recipe.training.epochs {
            try training.epoch(over: examples, batchSize: recipe.training.batchSize)
        }
        let directions = try EmbedderMetadata(people: people).directions(in: training.graph())
        return FacePairs.pairs(
            of: tested.map { photos[$0] }, with: directions.enumerated().map(FacePairs.Vector.init))
    }
}
