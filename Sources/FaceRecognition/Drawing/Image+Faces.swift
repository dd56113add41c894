internal import Charts
package import Images

/// What is drawn around a face.
package struct FaceLabel: Hashable, Sendable {
    package var box: Rectangle
    /// nil for a box without words.
    package var name: String?
    /// Whether it is somebody who is known.
    package var isKnown: Bool

    package init(box: Rectangle, name: String? = nil, isKnown: Bool = false) {
        (self.box, self.name, self.isKnown) = (box, name, isKnown)
    }
}

extension Image {
    /// The picture with boxes around faces, and their names below them.
    ///
    /// - Throws: `ChartError` where the picture is too large to be drawn on: 32,767 pixels a side are the most.
    package func drawn(_ faces: [FaceLabel]) throws -> Image {
        let canvas = try Canvas(showing: pixels, width: width, height: height)
        // Lines and letters that can be seen in small and large pictures alike.
        let line = max(2, Double(max(width, height)) / 400), size = max(12, Double(max(width, height)) / 50)
        for face in faces {
            let colour = face.isKnown ? Charts.Colour(0x009E73) : Charts.Colour(0xE69F00), box = face.box
            canvas.stroke(
                Charts.Rectangle(x: box.x, y: box.y, width: box.width, height: box.height), colour, lineWidth: line)
            guard let name = face.name else { continue }
            let style = TextStyle(size: size, isBold: true, colour: .white)
            let text = canvas.fitted(name, width: Double(width) - size, style)
            let length = canvas.width(of: text, style) + size, tall = size * 1.5
            // Below the box, or within its foot at the picture's end.
            let x = min(max(box.x - line / 2, 0), Double(width) - length)
            let y = min(box.y + box.height + line / 2, Double(height) - tall)
            canvas.fill(Charts.Rectangle(x: x, y: y, width: length, height: tall), colour)
            canvas.text(text, at: Charts.Point(x + size / 2, y + tall / 2), style)
        }
        return Image(width: width, height: height, pixels: canvas.rgb)
    }
}
