internal import Engine
package import Images
internal import ModelFiles
package import Streams

/// Finds a few landmarks of a face in a box, by cascades of regression trees.
///
/// - Source: Kazemi, Sullivan 2014, "One Millisecond Face Alignment with an Ensemble of Regression Trees"; in its details
///   as dlib 20.0, image_processing/shape_predictor.h.
package struct ShapePredictor: Sendable {
    /// A question: is a pixel brighter than another one by more than so much?
    private struct Split {
        var first: Int32
        var second: Int32
        var threshold: Float
    }

    /// Trees that all ask of the same pixels, which lie around the shape as it is so far.
    private struct Cascade {
        /// Of each tree: its questions row by row from the root.
        var splits: [Split]
        /// Of each tree: for each way through the questions how the shape moves, [landmark][x, y].
        var leaves: [Float]
        /// Near which landmark a pixel lies, and where from there, in the box's sides.
        var anchors: [Int]
        var offsets: [Point]
    }

    /// The shape that each face begins as, in the box's sides.
    private let initial: [Float]
    /// Of each tree.
    private let splitCount: Int
    private let cascades: [Cascade]

    /// The landmarks of a face.
    ///
    /// - Parameters:
    ///   - image: where the face is.
    ///   - box: square, from the brows to the chin, as dlib's detector gives it.
    /// - Returns: in the image's pixels, the middle of the first of which is (0.5, 0.5). Of dlib's five: the outer and inner
    ///   corner of the left eye in the image's right half, of the other one, and the point below the nose.
    package func landmarks(in image: Image, box: Rectangle) -> [Point] {
        // dlib names pixels by their middle, from 0, so that a box ends a pixel earlier.
        let (left, top, width, height) = (box.x, box.y, box.width - 1, box.height - 1)
        var shape = initial
        let start = Self.points(initial)
        var light: [Float] = []
        for cascade in cascades {
            let current = Self.points(shape)
            // Only its turn and scale.
            let turn = AffineTransform.similarity(from: start, to: current) ?? .identity
            light.removeAll(keepingCapacity: true)
            for (anchor, offset) in zip(cascade.anchors, cascade.offsets) {
                let x = current[anchor].x + turn.a * offset.x + turn.b * offset.y
                let y = current[anchor].y + turn.c * offset.x + turn.d * offset.y
                light.append(Self.light(of: image, left + x * width, top + y * height))
            }
            let count = splitCount, length = shape.count
            var leaf = 0
            for first in stride(from: 0, to: cascade.splits.count, by: count) {
                var node = 0
                while node < count {
                    let split = cascade.splits[first + node]
                    let isBrighter = light[Int(split.first)] - light[Int(split.second)] > split.threshold
                    node = 2 * node + (isBrighter ? 1 : 2)
                }
                let place = (leaf + node - count) * length
                for k in 0..<length { shape[k] += cascade.leaves[place + k] }
                leaf += count + 1
            }
        }
        return Self.points(shape).map { Point(left + $0.x * width + 0.5, top + $0.y * height + 0.5) }
    }

    /// A pixel's mean of red, green and blue, rounded down; 0 outside. Pixels are named by their middle, from 0.
    private static func light(of image: Image, _ x: Double, _ y: Double) -> Float {
        let column = (x + 0.5).rounded(.down), row = (y + 0.5).rounded(.down)
        guard column >= 0, row >= 0, column < Double(image.width), row < Double(image.height) else { return 0 }
        let colour = image[Int(column), Int(row)]
        return Float((Int(colour.red) + Int(colour.green) + Int(colour.blue)) / 3)
    }

    private static func points(_ shape: [Float]) -> [Point] {
        stride(from: 0, to: shape.count, by: 2).map { Point(Double(shape[$0]), Double(shape[$0 + 1])) }
    }
}

// MARK: - Files

extension ShapePredictor {
    /// The predictor of dlib's own file.
    package init(dlib bytes: [UInt8], named name: String) throws(InputError) {
        var reader = DlibReader(bytes, named: name)
        guard try reader.integer() == 1 else { throw reader.damaged("begins no shape predictor") }
        let initial = try reader.matrix()
        let forests = try reader.vector(of: "cascades") { reader throws(InputError) in
            try reader.vector(of: "trees") { reader throws(InputError) in
                let splits = try reader.vector(of: "splits") { reader throws(InputError) in
                    Split(
                        first: Int32(clamping: try reader.integer()), second: Int32(clamping: try reader.integer()),
                        threshold: try reader.float())
                }
                return (splits, try reader.vector(of: "leaves") { reader throws(InputError) in try reader.matrix() })
            }
        }
        let anchors = try reader.vector(of: "cascades") { reader throws(InputError) in
            try reader.vector(of: "pixels") { reader throws(InputError) in try reader.integer() }
        }
        let offsets = try reader.vector(of: "cascades") { reader throws(InputError) in
            try reader.vector(of: "pixels") { reader throws(InputError) in
                Point(Double(try reader.float()), Double(try reader.float()))
            }
        }
        let splitCount = forests.first?.first?.0.count ?? 0
        let isEven = forests.joined().allSatisfy { splits, leaves in
            splits.count == splitCount && leaves.count == splitCount + 1
                && leaves.allSatisfy { $0.count == initial.count }
        }
        guard reader.isAtEnd, isEven, forests.count == anchors.count, forests.count == offsets.count else {
            throw reader.damaged("ends a shape predictor whose parts do not fit together")
        }
        let cascades = zip(forests, zip(anchors, offsets)).map { trees, pixels in
            Cascade(
                splits: trees.flatMap(\.0), leaves: trees.flatMap { $0.1.flatMap(\.self) }, anchors: pixels.0,
                offsets: pixels.1)
        }
        guard let predictor = ShapePredictor(initial, splitCount: splitCount, cascades) else {
            throw reader.damaged("ends a shape predictor whose parts do not fit together")
        }
        self = predictor
    }

    /// nil where a tree would lead, or a pixel lie, nowhere.
    private init?(_ initial: [Float], splitCount: Int, _ cascades: [Cascade]) {
        let isWhole = cascades.allSatisfy { cascade in
            let pixels = Int32(clamping: cascade.anchors.count)
            return cascade.offsets.count == cascade.anchors.count
                && cascade.anchors.allSatisfy { (0..<initial.count / 2).contains($0) }
                && cascade.splits.allSatisfy { (0..<pixels).contains($0.first) && (0..<pixels).contains($0.second) }
                && cascade.splits.count % max(splitCount, 1) == 0
                && cascade.leaves.count == cascade.splits.count / max(splitCount, 1) * (splitCount + 1) * initial.count
        }
        guard isWhole, !cascades.isEmpty, initial.count >= 4, initial.count % 2 == 0, splitCount > 0,
            (splitCount + 1).nonzeroBitCount == 1
        else { return nil }
        (self.initial, self.splitCount, self.cascades) = (initial, splitCount, cascades)
    }

    /// The predictor of a file that ``tensors`` was written to.
    ///
    /// - Throws: `ModelFileError` or `InputError` where the file cannot be read, or is another one.
    package init(contentsOf path: String) throws {
        let tensors = try Safetensors(contentsOf: path).tensors
        func floats(_ name: String) -> [Float] { tensors[name]?.floats ?? [] }
        func integers(_ name: String) -> [Int] { tensors[name]?.integers ?? [] }
        let features = integers("features"), thresholds = floats("thresholds"), offsets = floats("offsets")
        let count = tensors["anchors"]?.shape.first ?? 0, shape = tensors["thresholds"]?.shape ?? []
        var splits: [Split] = []
        if features.count == 2 * thresholds.count {
            for (place, threshold) in thresholds.enumerated() {
                let (first, second) = (features[2 * place], features[2 * place + 1])
                splits.append(
                    Split(first: Int32(clamping: first), second: Int32(clamping: second), threshold: threshold))
            }
        }
        let parts = Self.parts(of: splits, count), leaves = Self.parts(of: floats("leaves"), count)
        let anchors = Self.parts(of: integers("anchors"), count)
        let places = Self.parts(of: offsets.count % 2 == 0 ? Self.points(offsets) : [], count)
        let cascades = (0..<count).map {
            Cascade(splits: parts[$0], leaves: leaves[$0], anchors: anchors[$0], offsets: places[$0])
        }
        guard let predictor = ShapePredictor(floats("initial"), splitCount: shape.last ?? 0, cascades) else {
            throw InputError(path, "not a predictor of landmarks")
        }
        self = predictor
    }

    /// Elements cut into so many parts of one length.
    private static func parts<Element>(of elements: [Element], _ count: Int) -> [[Element]] {
        let length = elements.count / max(count, 1)
        return (0..<count).map { Array(elements[($0 * length)..<(($0 + 1) * length)]) }
    }

    /// All of it, to be written to a file.
    var tensors: [String: Tensor] {
        let count = cascades.count, pixels = cascades[0].anchors.count, trees = cascades[0].splits.count / splitCount
        let splits = cascades.flatMap(\.splits)
        return [
            "initial": Tensor(initial, shape: [initial.count / 2, 2]),
            "anchors": Tensor(cascades.flatMap { $0.anchors.map(Int32.init) }, shape: [count, pixels]),
            "offsets": Tensor(
                cascades.flatMap { $0.offsets.flatMap { [Float($0.x), Float($0.y)] } }, shape: [count, pixels, 2]),
            "features": Tensor(splits.flatMap { [$0.first, $0.second] }, shape: [count, trees, splitCount, 2]),
            "thresholds": Tensor(splits.map(\.threshold), shape: [count, trees, splitCount]),
            "leaves": Tensor(
                cascades.flatMap(\.leaves), shape: [count, trees, splitCount + 1, initial.count / 2, 2]),
        ]
    }
}
