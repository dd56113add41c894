internal import CTurboJPEG
internal import Streams

/// JPEG, baseline and progressive, grey, colour and CMYK, turned as its EXIF says: the binding to libjpeg-turbo.
enum JPEGFile {
    static func decode(_ source: ImageSource) throws(InputError) -> Image {
        guard let handle = unsafe tjInitDecompress() else { throw source.withoutMemory }
        defer { _ = unsafe tjDestroy(handle) }
        let length = UInt(source.bytes.count)
        var width: CInt = 0, height: CInt = 0, subsampling: CInt = 0, colours: CInt = 0
        let header = unsafe tjDecompressHeader3(
            handle, source.bytes, length, &width, &height, &subsampling, &colours)
        // Of a header that warrants a warning the rest is looked at first.
        guard header == 0 || width > 0 && height > 0 else { throw source.damaged(unsafe reason(handle)) }
        try source.checkSize(width: Int(width), height: Int(height))
        let markers = JPEGMarkers(source.bytes)
        guard markers.isWhole else { throw source.damaged("it is cut off") }
        let isCMYK = [CInt(TJCS_CMYK.rawValue), CInt(TJCS_YCCK.rawValue)].contains(colours)
        let format = isCMYK ? TJPF_CMYK : TJPF_RGB
        var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * (isCMYK ? 4 : 3))
        // A progressive file of hundreds of scans is an attack.
        let code = unsafe tjDecompress2(
            handle, source.bytes, length, &pixels, width, 0, height, CInt(format.rawValue), TJFLAG_LIMITSCANS)
        // Cameras write files that warrant a warning.
        guard unsafe code == 0 || tjGetErrorCode(handle) == CInt(TJERR_WARNING.rawValue) else {
            throw source.damaged(unsafe reason(handle))
        }
        if isCMYK { pixels = rgb(ofCMYK: pixels, isInverted: markers.isAdobe) }
        return Image(width: Int(width), height: Int(height), pixels: pixels).turned(by: markers.orientation)
    }

    /// The bytes of a JPEG file; empty where there is no memory.
    static func encode(_ image: Image, quality: Int) -> [UInt8] {
        guard let handle = unsafe tjInitCompress() else { return [] }
        defer { _ = unsafe tjDestroy(handle) }
        var buffer: UnsafeMutablePointer<UInt8>?, size: UInt = 0
        defer { unsafe tjFree(buffer) }
        let code = unsafe tjCompress2(
            handle, image.pixels, CInt(image.width), 0, CInt(image.height), CInt(TJPF_RGB.rawValue), &buffer, &size,
            CInt(TJSAMP_444.rawValue), CInt(quality), 0)
        guard code == 0, let buffer = unsafe buffer else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: buffer, count: Int(size)))
    }

    /// What the library says, without the name of its function: `tjDecompress2(): …`.
    private static func reason(_ handle: tjhandle) -> String {
        guard let text = unsafe tjGetErrorStr2(handle) else { return "" }
        let all = unsafe String(cString: text)
        let words = all.hasPrefix("tj") ? all.drop { $0 != ":" }.dropFirst() : all[...]
        let own = words.drop { $0 == " " }
        return (own.first?.lowercased() ?? "") + own.dropFirst()
    }

    /// Without an ICC profile, as most viewers do it; Adobe's programs write how much ink there is not.
    private static func rgb(ofCMYK pixels: [UInt8], isInverted: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count / 4 * 3)
        for pixel in stride(from: 0, to: pixels.count, by: 4) {
            func light(_ channel: Int) -> Int {
                Int(isInverted ? pixels[pixel + channel] : 255 - pixels[pixel + channel])
            }
            let black = light(3)
            for channel in 0..<3 { result.append(UInt8((light(channel) * black + 127) / 255)) }
        }
        return result
    }
}
