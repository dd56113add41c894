internal import Charts
package import Images
internal import Streams

/// A picture of a gallery's people: a row each, the name and some of their faces.
package enum ContactSheet {
    /// Of a face, in pixels.
    private static let side = 96
    private static let gap = 8
    private static let mostFaces = 10
    private static let mostPeople = 60

    /// The people with most faces first; photos that cannot be read any more are left out.
    ///
    /// - Throws: `InputError` where nobody is in the gallery.
    package static func image(of gallery: Gallery, limits: ImageLimits = ImageLimits()) throws -> Image {
        let people = try gallery.people().filter { $0.faces > 0 }.prefix(mostPeople)
        guard !people.isEmpty else {
            throw InputError(gallery.path, "nobody is in it", remedy: "face-match cluster groups its faces")
        }
        let faces = Dictionary(grouping: try gallery.faces()) { $0.person }
        let rows = people.map { Array((faces[$0.id] ?? []).prefix(mostFaces)) }
        let columns = rows.map(\.count).max() ?? 1, tall = side + 3 * gap + 16
        var sheet = Image(width: gap + max(columns, 4) * (side + gap), height: gap + people.count * tall)
        for (row, faces) in rows.enumerated() {
            for (column, face) in faces.enumerated() {
                guard let portrait = portrait(of: face, limits) else { continue }
                sheet.lay(portrait, x: gap + column * (side + gap), y: gap + row * tall + 16 + gap)
            }
        }
        let canvas = try Canvas(showing: sheet.pixels, width: sheet.width, height: sheet.height)
        let style = TextStyle(size: 14, isBold: true, colour: Charts.Colour(0x1F2933))
        for (row, person) in people.enumerated() {
            let text = "\(person.label): \(person.faces) \(person.faces == 1 ? "face" : "faces")"
            canvas.text(
                canvas.fitted(text, width: Double(sheet.width - 2 * gap), style),
                at: Charts.Point(Double(gap), Double(gap + row * tall + 8)), style)
        }
        return Image(width: sheet.width, height: sheet.height, pixels: canvas.rgb)
    }

    /// A square around the face.
    private static func portrait(of face: Gallery.KeptFace, _ limits: ImageLimits) -> Image? {
        guard let photo = try? Image(contentsOf: face.photo, limits: limits) else { return nil }
        let middle = face.box.middle, size = 1.3 * max(face.box.width, face.box.height), scale = size / Double(side)
        return photo.warped(
            by: AffineTransform(a: scale, b: 0, c: 0, d: scale, tx: middle.x - size / 2, ty: middle.y - size / 2),
            width: side, height: side)
    }
}

extension Image {
    /// Lays another picture on this one, within which it lies.
    fileprivate mutating func lay(_ other: Image, x: Int, y: Int) {
        for row in 0..<other.height {
            let start = ((y + row) * width + x) * 3, own = row * other.width * 3
            pixels.replaceSubrange(start..<start + other.width * 3, with: other.pixels[own..<own + other.width * 3])
        }
    }
}
