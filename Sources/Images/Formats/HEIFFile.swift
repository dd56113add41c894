internal import CHEIF
internal import Streams

/// HEIC, as phones write it, which the library itself turns as it was taken: the binding to libheif.
enum HEIFFile {
    static func decode(_ source: ImageSource) throws(InputError) -> Image {
        guard let context = unsafe heif_context_alloc() else { throw source.withoutMemory }
        defer { unsafe heif_context_free(context) }
        // The context reads the bytes as long as it lives.
        return try unsafe source.bytes.withUnsafeBufferPointer { bytes throws(InputError) in
            try unsafe check(
                heif_context_read_from_memory_without_copy(context, bytes.baseAddress, bytes.count, nil), source)
            return try unsafe picture(context, source)
        }
    }

    private static func picture(_ context: OpaquePointer, _ source: ImageSource) throws(InputError) -> Image {
        var handle: OpaquePointer?
        try unsafe check(heif_context_get_primary_image_handle(context, &handle), source)
        defer { unsafe heif_image_handle_release(handle) }
        try source.checkSize(
            width: Int(unsafe heif_image_handle_get_width(handle)),
            height: Int(unsafe heif_image_handle_get_height(handle)))
        let isTransparent = unsafe heif_image_handle_has_alpha_channel(handle) != 0
        let chroma = isTransparent ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB
        var decoded: OpaquePointer?
        try unsafe check(heif_decode_image(handle, &decoded, heif_colorspace_RGB, chroma, nil), source)
        defer { unsafe heif_image_release(decoded) }
        let width = Int(unsafe heif_image_get_width(decoded, heif_channel_interleaved))
        let height = Int(unsafe heif_image_get_height(decoded, heif_channel_interleaved))
        try source.checkSize(width: width, height: height)
        var stride: CInt = 0
        guard let plane = unsafe heif_image_get_plane_readonly(decoded, heif_channel_interleaved, &stride) else {
            throw source.damaged("it has no picture")
        }
        let row = width * (isTransparent ? 4 : 3)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(row * height)
        for y in 0..<height {
            unsafe pixels.append(contentsOf: UnsafeBufferPointer(start: plane + y * Int(stride), count: row))
        }
        return isTransparent
            ? Image(width: width, height: height, onWhite: pixels) : Image(width: width, height: height, pixels: pixels)
    }

    private static func check(_ error: heif_error, _ source: ImageSource) throws(InputError) {
        guard unsafe error.code != heif_error_Ok else { return }
        throw source.damaged(unsafe error.message.map { unsafe String(cString: $0) } ?? "")
    }
}
