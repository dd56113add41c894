internal import Engine
internal import Images

extension Image {
    /// The picture as a tensor [1, 3, height, width], red, green and blue from 0 to 255.
    func planes() -> Tensor { Tensor(Self.planes(of: [self]), shape: [1, 3, height, width]) }

    /// Pictures of one size as [count, 3, height, width].
    static func planes(of images: [Image]) -> [Float] {
        let size = images.first.map { $0.width * $0.height } ?? 0
        var planes = [Float](repeating: 0, count: images.count * 3 * size)
        for (number, image) in images.enumerated() {
            precondition(image.width * image.height == size, "pictures of one size")
            for channel in 0..<3 {
                let start = (number * 3 + channel) * size
                for place in 0..<size { planes[start + place] = Float(image.pixels[place * 3 + channel]) }
            }
        }
        return planes
    }
}
