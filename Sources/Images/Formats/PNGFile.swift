internal import CPNG
internal import Streams

/// PNG of any depth, grey, with a palette, transparent, interlaced: the binding to libpng, whose simplified interface
/// jumps over no frame of ours.
enum PNGFile {
    static func decode(_ source: ImageSource) throws(InputError) -> Image {
        // The library reads the bytes from the beginning to the end of this.
        try unsafe source.bytes.withUnsafeBufferPointer { bytes throws(InputError) in
            var picture = unsafe png_image()
            unsafe picture.version = engram_png_version
            defer { unsafe png_image_free(&picture) }
            guard unsafe png_image_begin_read_from_memory(&picture, bytes.baseAddress, bytes.count) != 0 else {
                throw source.damaged(unsafe message(of: picture))
            }
            let width = unsafe Int(picture.width), height = unsafe Int(picture.height)
            try source.checkSize(width: width, height: height)
            // Transparent pixels come as they are; sixteen bits are sRGB where the file says nothing else.
            let isTransparent = unsafe picture.format & engram_png_alpha != 0
            unsafe picture.format = isTransparent ? engram_png_rgba : engram_png_rgb
            unsafe picture.flags |= engram_png_16bit_srgb
            var pixels = [UInt8](repeating: 0, count: width * height * (isTransparent ? 4 : 3))
            guard unsafe png_image_finish_read(&picture, nil, &pixels, 0, nil) != 0 else {
                throw source.damaged(unsafe message(of: picture))
            }
            return isTransparent
                ? Image(width: width, height: height, onWhite: pixels)
                : Image(width: width, height: height, pixels: pixels)
        }
    }

    /// The bytes of a PNG file; empty where there is no memory.
    static func encode(_ image: Image) -> [UInt8] {
        var picture = unsafe png_image()
        unsafe picture.version = engram_png_version
        unsafe (picture.width, picture.height, picture.format) = (
            UInt32(image.width), UInt32(image.height), engram_png_rgb
        )
        defer { unsafe png_image_free(&picture) }
        // No more than this: rows as they are, and what deflate and chunks add.
        var size = image.pixels.count + image.height + image.pixels.count / 1_000 + 1 << 16
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let code = unsafe png_image_write_to_memory(&picture, buffer.baseAddress, &size, 0, image.pixels, 0, nil)
            count = code != 0 ? size : 0
        }
    }

    private static func message(of picture: png_image) -> String {
        unsafe withUnsafeBytes(of: picture.message) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
