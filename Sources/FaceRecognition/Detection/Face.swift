package import Images

/// A face that was found in a picture.
package struct Face: Hashable, Sendable {
    /// From forehead to chin, within the picture.
    package var box: Rectangle
    /// As it was found, which may reach beyond the picture.
    var whole: Rectangle
    /// The eye that is on the left in the picture, the other one, the tip of the nose, the corner of the mouth on the left, the
    /// other one.
    package var landmarks: [Point]
    /// How sure the detector is, from 0 to 1.
    package var score: Float

    /// - Parameter whole: as it was found, where the box is only the part within the picture.
    package init(box: Rectangle, whole: Rectangle? = nil, landmarks: [Point], score: Float) {
        (self.box, self.whole, self.landmarks, self.score) = (box, whole ?? box, landmarks, score)
    }

    /// A picture that is nothing but a face.
    static func whole(of image: Image) -> Face {
        Face(
            box: Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height)), landmarks: [],
            score: 1)
    }

    /// The face in a picture that was turned by right angles, mirrored or shifted.
    func moved(by transform: AffineTransform) -> Face {
        Face(
            box: box.moved(by: transform), whole: whole.moved(by: transform),
            landmarks: landmarks.map { transform($0) },
            score: score)
    }
}
