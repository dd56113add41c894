package import Images

/// Cuts faces out of pictures as a network takes them.
package struct FaceAligner: Sendable {
    /// How faces lie in a network's pictures, and by which landmarks.
    package enum Template: String, CaseIterable, Codable, Sendable {
        /// As dlib's chips, by five landmarks of its shape predictor.
        case dlib150 = "dlib-150"
        /// As InsightFace's, by the five of the detector.
        case arcface112 = "arcface-112"

        /// At its own size.
        var alignment: AlignmentTemplate {
            switch self {
            case .dlib150: .dlib150
            case .arcface112: .arcface112
            }
        }
    }

    package let template: Template
    /// Width and height of a chip, in pixels.
    package let side: Int
    /// What is cut out around a chip, on each side, as a share of its side.
    package var margin = 0.0
    private let predictor: ShapePredictor?

    /// - Parameters:
    ///   - side: nil for that of the template.
    ///   - predictor: finds the landmarks of ``Template/dlib150``, which does not do without.
    init(_ template: Template, side: Int? = nil, predictor: ShapePredictor?) {
        self.template = template
        self.side = side ?? template.alignment.side
        self.predictor = predictor
    }

    /// Width and height of what is cut out, with its margin.
    package var wholeSide: Int { side + 2 * border }
    /// The margin in pixels.
    package var border: Int { Int((margin * Double(side)).rounded()) }

    /// nil where the landmarks are all in one place.
    package func chip(of face: Face, in image: Image) -> Image? {
        switch template {
        case .dlib150:
            guard let predictor else { return nil }
            return chip(of: image, .dlib150, predictor.landmarks(in: image, box: face.squareBox))
        case .arcface112: return chip(of: image, .arcface112, face.landmarks)
        }
    }

    /// By the detector's landmarks, where the template has others.
    func otherChip(of face: Face, in image: Image) -> Image? {
        template == .dlib150 ? chip(of: image, .detector150, face.landmarks) : nil
    }

    /// A picture that is a chip already, at the network's size; its margin is what lies at its edge.
    package func chip(ofAligned image: Image) -> Image {
        let chip = image.resized(width: side, height: side)
        guard border > 0 else { return chip }
        var whole = Image(width: wholeSide, height: wholeSide)
        for y in 0..<wholeSide {
            for x in 0..<wholeSide {
                whole[x, y] = chip[min(max(x - border, 0), side - 1), min(max(y - border, 0), side - 1)]
            }
        }
        return whole
    }

    private func chip(of image: Image, _ template: AlignmentTemplate, _ landmarks: [Point]) -> Image? {
        guard landmarks.count == template.points.count else { return nil }
        let scale = Double(side) / Double(template.side), shift = Point(Double(border), Double(border))
        let own = AlignmentTemplate(side: wholeSide, points: template.points.map { $0 * scale + shift })
        return own.chip(of: image, landmarks: landmarks)
    }
}
