extension Image {
    /// The picture turned and mirrored as an EXIF orientation says; 1 leaves it.
    ///
    /// - Source: CIPA DC-008 (EXIF 2.32), section 4.6.4, tag 274.
    package func turned(by orientation: Int) -> Image {
        guard (2...8).contains(orientation) else { return self }
        let isTransposed = orientation >= 5
        // Which ends of what is stored the picture's first row and first column come from.
        let isFromRight = [2, 3, 7, 8].contains(orientation), isFromBottom = [3, 4, 6, 7].contains(orientation)
        let column = isFromRight ? -3 : 3, row = (isFromBottom ? -width : width) * 3
        let first = ((isFromBottom ? height - 1 : 0) * width + (isFromRight ? width - 1 : 0)) * 3
        var result = Image(width: isTransposed ? height : width, height: isTransposed ? width : height)
        let (along, down) = isTransposed ? (row, column) : (column, row)
        // In squares, whose rows and columns both stay in the cache.
        let side = 64, (width, height) = (result.width, result.height)
        for top in stride(from: 0, to: height, by: side) {
            for left in stride(from: 0, to: width, by: side) {
                for y in top..<min(top + side, height) {
                    var source = first + y * down + left * along, target = (y * width + left) * 3
                    for _ in left..<min(left + side, width) {
                        result.pixels[target] = pixels[source]
                        result.pixels[target + 1] = pixels[source + 1]
                        result.pixels[target + 2] = pixels[source + 2]
                        source += along
                        target += 3
                    }
                }
            }
        }
        return result
    }

    /// The picture as in a mirror.
    package var mirrored: Image { turned(by: 2) }
}
