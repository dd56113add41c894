package import Images

/// Where the landmarks of a face come to lie in a chip.
package struct AlignmentTemplate: Hashable, Sendable {
    /// Width and height of a chip, in pixels.
    package var side: Int
    /// In a chip's pixels, the middle of the first of which is (0.5, 0.5).
    package var points: [Point]

    /// The part of a picture that has its landmarks where the template has them, as nearly as turning, scaling and shifting can.
    ///
    /// - Returns: nil where all landmarks are one.
    package func chip(of image: Image, landmarks: [Point]) -> Image? {
        AffineTransform.similarity(from: points, to: landmarks).map { image.warped(by: $0, width: side, height: side) }
    }

    /// For the five landmarks of dlib's shape predictor.
    ///
    /// - Source: dlib 20.0, image_transforms/interpolation.h, `get_face_chip_details`, with a side of 150 and a padding of 0.25.
    package static let dlib150 = dlib(padding: 0.25)

    /// With so much of a face's side around it.
    static func dlib(padding: Double) -> AlignmentTemplate {
        let unit = [
            Point(0.8595674595992, 0.2134981538014), Point(0.6460604764104, 0.2289674387677),
            Point(0.1205750620789, 0.2137274526848), Point(0.3340850613712, 0.2290642403242),
            Point(0.4901123135679, 0.6277975316475),
        ]
        let side = 150.0
        func place(_ share: Double) -> Double { (padding + share) / (2 * padding + 1) * side }
        return AlignmentTemplate(side: Int(side), points: unit.map { Point(place($0.x), place($0.y)) })
    }

    /// For the five landmarks of ``FaceDetector``, so that chips are those of ``dlib150``.
    ///
    /// Medians of these landmarks in the chips of 763 faces.
    package static let detector150 = AlignmentTemplate(
        side: 150,
        points: [
            Point(47.66, 47.38), Point(102.32, 46.30), Point(73.92, 78.88), Point(51.01, 104.06), Point(97.17, 102.86),
        ])

    /// For the five landmarks of ``FaceDetector``, of networks that were learned as ArcFace's were.
    ///
    /// - Source: InsightFace, `arcface_dst`.
    package static let arcface112 = AlignmentTemplate(
        side: 112,
        points: [
            Point(38.2946, 51.6963), Point(73.5318, 51.5014), Point(56.0252, 71.7366), Point(41.5493, 92.3655),
            Point(70.7299, 92.2041),
        ])
}
