internal import CWebP
internal import Streams

/// WebP, lossy, lossless and animated, of which the first picture counts; transparency is laid on white. The binding to
/// libwebp.
enum WebPFile {
    static func decode(_ source: ImageSource) throws(InputError) -> Image {
        var features = WebPBitstreamFeatures()
        guard unsafe WebPGetFeatures(source.bytes, source.bytes.count, &features) == VP8_STATUS_OK else {
            throw source.damaged("its header cannot be read")
        }
        let width = Int(features.width), height = Int(features.height), row = CInt(width * 4)
        try source.checkSize(width: width, height: height)
        var pixels = [UInt8](repeating: 0, count: width * height * 4)
        let isDecoded =
            features.has_animation != 0
            ? decodeFirst(source.bytes, into: &pixels)
            : unsafe WebPDecodeRGBAInto(source.bytes, source.bytes.count, &pixels, pixels.count, row) != nil
        guard isDecoded else { throw source.damaged("the picture is cut off or cannot be decoded") }
        return Image(width: width, height: height, onWhite: pixels)
    }

    private static func decodeFirst(_ bytes: [UInt8], into pixels: inout [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var data = unsafe WebPData(bytes: buffer.baseAddress, size: buffer.count)
            var options = WebPAnimDecoderOptions()
            guard unsafe WebPAnimDecoderOptionsInit(&options) != 0 else { return false }
            options.color_mode = MODE_RGBA
            guard let decoder = unsafe WebPAnimDecoderNew(&data, &options) else { return false }
            defer { unsafe WebPAnimDecoderDelete(decoder) }
            var canvas: UnsafeMutablePointer<UInt8>?, time: CInt = 0
            guard unsafe WebPAnimDecoderGetNext(decoder, &canvas, &time) != 0, let canvas = unsafe canvas else {
                return false
            }
            unsafe pixels.withUnsafeMutableBufferPointer {
                unsafe $0.baseAddress?.update(from: canvas, count: $0.count)
            }
            return true
        }
    }
}
