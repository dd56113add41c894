/// A picture as people see it: upright, its pixels red, green and blue of 8 bits each (sRGB), rows from the top.
package struct Image: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// [height][width][3]
    package var pixels: [UInt8]

    /// A picture of one colour, white unless said otherwise.
    package init(width: Int, height: Int, colour: Colour = .white) {
        precondition(width > 0 && height > 0, "a picture of \(width)×\(height) pixels")
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: colour.red, count: width * height * 3)
        guard colour.green != colour.red || colour.blue != colour.red else { return }
        for place in stride(from: 0, to: pixels.count, by: 3) {
            pixels[place + 1] = colour.green
            pixels[place + 2] = colour.blue
        }
    }

    /// A picture of given pixels, [height][width][3].
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * 3,
            "\(pixels.count) bytes for \(width)×\(height) pixels")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A colour, sRGB.
    package struct Colour: Hashable, Sendable {
        package var red: UInt8
        package var green: UInt8
        package var blue: UInt8

        package init(red: UInt8, green: UInt8, blue: UInt8) {
            self.red = red
            self.green = green
            self.blue = blue
        }

        package static let white = Colour(red: 255, green: 255, blue: 255)
        package static let black = Colour(red: 0, green: 0, blue: 0)
    }

    /// The colour of a pixel.
    package subscript(x: Int, y: Int) -> Colour {
        get {
            let place = (y * width + x) * 3
            return Colour(red: pixels[place], green: pixels[place + 1], blue: pixels[place + 2])
        }
        set {
            let place = (y * width + x) * 3
            pixels[place] = newValue.red
            pixels[place + 1] = newValue.green
            pixels[place + 2] = newValue.blue
        }
    }
}
