extension Image {
    /// A piece of the picture, which lies in it.
    package func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
        precondition(
            x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= self.width && y + height <= self.height,
            "a piece of \(width)×\(height) at (\(x), \(y)) of \(self.width)×\(self.height) pixels")
        var piece: [UInt8] = []
        piece.reserveCapacity(width * height * 3)
        for row in y..<(y + height) {
            let start = (row * self.width + x) * 3
            piece += pixels[start..<(start + width * 3)]
        }
        return Image(width: width, height: height, pixels: piece)
    }
}
