package import Engine
internal import Glibc
package import Images

/// Finds faces by CenterFace, a network that marks the middles of faces.
///
/// - Source: Xu, Yan, Sun, Yang, Fu 2019, "CenterFace: Joint Face Detection and Alignment Using Face as Point"; decoding as
///   in its reference implementation.
package struct FaceDetector: Sendable {
    /// What is looked for.
    package struct Options: Hashable, Sendable {
        /// The side of the smallest face, in pixels; nil for ``FaceDetector/smallestFace``, and in large pictures a share of
        /// their longer side.
        package var smallestFace: Double?
        /// How sure the detector must be, from 0 to 1.
        package var score: Float = 0.5
        /// Whether faces that lie on their side or on their head are looked for too.
        package var triesTurned = false

        package init() {}
    }

    /// The side of a face that the network finds reliably, in its pixels.
    package static let smallestFace = 20.0
    /// Unless said otherwise, smaller faces are not looked for in pictures of more than this many of them.
    private static let sidesOfFaces = 80.0
    /// Faces that overlap more are one.
    private static let mostOverlap = 0.3
    /// The network's cells are so many pixels wide and high, and its inputs' sides are multiples of the other.
    private static let cell = 4
    private static let multiple = 32

    private let model: Model

    /// - Parameter model: input `image` [1, 3, H, W], 0 to 255; outputs `heatmap`, `scale`, `offset` and `landmarks`, each
    ///   [1, 1, 2, 2 or 10, H/4, W/4].
    package init(_ model: Model) { self.model = model }

    /// The faces of a picture, those that are surest first.
    package func faces(in image: Image, _ options: Options = Options()) throws -> [Face] {
        guard options.triesTurned else { return try uprightFaces(in: image, options) }
        let width = Double(image.width), height = Double(image.height)
        // From a picture that was turned as such an EXIF orientation says, back to this one.
        let ways: [(orientation: Int, back: AffineTransform)] = [
            (1, .identity), (6, AffineTransform(a: 0, b: 1, c: -1, d: 0, tx: 0, ty: height)),
            (3, AffineTransform(a: -1, b: 0, c: 0, d: -1, tx: width, ty: height)),
            (8, AffineTransform(a: 0, b: -1, c: 1, d: 0, tx: width, ty: 0)),
        ]
        let all = try ways.flatMap { orientation, back in
            try uprightFaces(in: image.turned(by: orientation), options).map { $0.moved(by: back) }
        }
        // The network also marks faces that do not lie as it knows them, as surely, but with landmarks that are none.
        let misfits = Dictionary(zip(all, all.map(Self.misfit(of:)))) { first, _ in first }
        return Self.distinct(all) { misfits[$0] ?? .infinity < misfits[$1] ?? .infinity }.sorted { $0.score > $1.score }
    }

    private func uprightFaces(in image: Image, _ options: Options) throws -> [Face] {
        let longer = Double(max(image.width, image.height))
        let smallest = options.smallestFace ?? max(Self.smallestFace, longer / Self.sidesOfFaces)
        var scale = min(Self.smallestFace / max(smallest, 1), 4), faces: [Face] = []
        while longer * scale >= Self.mostPixels + 1 {
            for tile in Self.tiles(image, scale: scale) {
                faces += try self.faces(in: tile, of: image, scale: scale, score: options.score)
            }
            // In tiles faces that are cut are left out, which are larger than what tiles have in common: here they are found.
            scale /= 4
        }
        faces += try self.faces(in: Tile(image), of: image, scale: scale, score: options.score)
        return Self.distinct(faces).map { face in
            var face = face
            face.box = face.whole.clipped(toWidth: Double(image.width), height: Double(image.height))
            return face
        }.filter { $0.box.area > 0 }
    }

    // MARK: Tiles

    /// A larger picture is looked at in tiles of so many of the network's pixels, which have so many in common.
    private static let mostPixels = Self.smallestFace * Self.sidesOfFaces, shared = 256.0

    /// A part of a picture.
    private struct Tile {
        var x = 0, y = 0
        var width: Int
        var height: Int

        /// All of it.
        init(_ image: Image) { (width, height) = (image.width, image.height) }

        init(_ columns: Range<Int>, _ rows: Range<Int>) {
            (x, y, width, height) = (columns.lowerBound, rows.lowerBound, columns.count, rows.count)
        }

        func isAll(of image: Image) -> Bool { (width, height) == (image.width, image.height) }

        /// Whether a box ends before the tile does, or where the picture does.
        func contains(_ box: Rectangle, of image: Image) -> Bool {
            (x == 0 || box.x >= Double(x)) && (y == 0 || box.y >= Double(y))
                && (x + width == image.width || box.x + box.width <= Double(x + width))
                && (y + height == image.height || box.y + box.height <= Double(y + height))
        }
    }

    /// Tiles of one size, evenly laid out.
    private static func tiles(_ image: Image, scale: Double) -> [Tile] {
        func ranges(_ length: Int) -> [Range<Int>] {
            let side = min(Int(mostPixels / scale), length), step = Int((mostPixels - shared) / scale)
            let count = 1 + (length - side + step - 1) / step
            return (0..<count).map { number in
                let start = count == 1 ? 0 : (length - side) * number / (count - 1)
                return start..<start + side
            }
        }
        let columns = ranges(image.width)
        return ranges(image.height).flatMap { rows in columns.map { Tile($0, rows) } }
    }

    /// The faces that lie in a tile as a whole, in the picture's pixels.
    private func faces(in tile: Tile, of image: Image, scale: Double, score: Float) throws -> [Face] {
        let part =
            tile.isAll(of: image)
            ? image : image.cropped(x: tile.x, y: tile.y, width: tile.width, height: tile.height)
        let width = Self.rounded(Double(part.width) * scale), height = Self.rounded(Double(part.height) * scale)
        let outputs = try model.run(["image": part.resized(width: width, height: height).planes()])
        let place = AffineTransform(
            a: Double(part.width) / Double(width), b: 0, c: 0, d: Double(part.height) / Double(height),
            tx: Double(tile.x), ty: Double(tile.y))
        return Self.distinct(
            Self.decode(outputs, rows: height / Self.cell, columns: width / Self.cell, score: score)
        ).map { $0.moved(by: place) }.filter { tile.contains($0.whole, of: image) }
    }

    private static func rounded(_ side: Double) -> Int {
        max(Int((side / Double(multiple)).rounded(.up)), 1) * multiple
    }

    private static func decode(_ outputs: [String: Tensor], rows: Int, columns: Int, score least: Float) -> [Face] {
        let count = rows * columns, cell = Double(Self.cell)
        func numbers(_ name: String) -> [Float] { outputs[name]?.floats ?? [] }
        let heat = numbers("heatmap"), scale = numbers("scale"), offset = numbers("offset")
        let points = numbers("landmarks")
        var faces: [Face] = []
        for place in 0..<count where heat[place] > least {
            let height = exp(Double(scale[place])) * cell, width = exp(Double(scale[count + place])) * cell
            let middle = Point(
                (Double(place % columns) + Double(offset[count + place]) + 0.5) * cell,
                (Double(place / columns) + Double(offset[place]) + 0.5) * cell)
            guard height.isFinite, width.isFinite, middle.x.isFinite, middle.y.isFinite else { continue }
            let box = Rectangle(x: middle.x - width / 2, y: middle.y - height / 2, width: width, height: height)
            let landmarks = (0..<5).map { k in
                Point(
                    box.x + Double(points[(2 * k + 1) * count + place]) * width,
                    box.y + Double(points[2 * k * count + place]) * height)
            }
            faces.append(Face(box: box, whole: box, landmarks: landmarks, score: heat[place]))
        }
        return faces
    }

    /// How far landmarks lie from where those of a face would, in the mean, as a share of a chip's side.
    private static func misfit(of face: Face) -> Double {
        let usual = AlignmentTemplate.detector150
        guard let fit = AffineTransform.similarity(from: usual.points, to: face.landmarks) else { return .infinity }
        let distances = zip(usual.points, face.landmarks).map { (fit($0) - $1).length }
        return distances.reduce(0, +) / Double(distances.count) / (fit.scale * Double(usual.side))
    }

    /// Of faces that overlap the first in an order, unless said otherwise the surest.
    private static func distinct(
        _ faces: [Face],
        // One order wherever scores are equal.
        by comesFirst: (Face, Face) -> Bool = {
            ($0.score, $1.box.y, $1.box.x) > ($1.score, $0.box.y, $0.box.x)
        }
    ) -> [Face] {
        var kept: [Face] = []
        for face in faces.sorted(by: comesFirst)
        where kept.allSatisfy({ $0.box.overlap(with: face.box) < mostOverlap }) {
            kept.append(face)
        }
        return kept
    }
}
