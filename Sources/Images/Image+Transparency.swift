extension Image {
    /// A picture of pixels with transparency, [height][width][4], laid on white.
    init(width: Int, height: Int, onWhite rgba: [UInt8]) {
        var pixels = [UInt8](repeating: 255, count: width * height * 3)
        var place = 0
        for pixel in stride(from: 0, to: width * height * 4, by: 4) {
            let alpha = Int(rgba[pixel + 3]), white = 255 * (255 - alpha) + 127
            pixels[place] = UInt8((Int(rgba[pixel]) * alpha + white) / 255)
            pixels[place + 1] = UInt8((Int(rgba[pixel + 1]) * alpha + white) / 255)
            pixels[place + 2] = UInt8((Int(rgba[pixel + 2]) * alpha + white) / 255)
            place += 3
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}
