// Cairo's binding: the only file of this room that has unsafe code.
internal import CCairo
internal import Streams

/// A picture that is drawn on, in points from its top left corner; a point is `scale` pixels.
@safe package struct Canvas: ~Copyable {
    private let surface: OpaquePointer
    private let context: OpaquePointer
    /// In points.
    package let width: Double
    /// In points.
    package let height: Double

    /// Cairo draws no larger ones.
    private static let mostPixels = 32_767.0

    /// A white canvas.
    package init(width: Double, height: Double, scale: Double = 2) throws(ChartError) {
        let (columns, rows) = ((width * scale).rounded(.up), (height * scale).rounded(.up))
        guard columns >= 1, rows >= 1, columns <= Self.mostPixels, rows <= Self.mostPixels else {
            let size = "\(NumberText.fixed(columns, decimals: 0)) x \(NumberText.fixed(rows, decimals: 0))"
            throw ChartError(fault: "a picture of \(size) pixels cannot be drawn; the most is 32,767 a side")
        }
        let madeSurface = unsafe cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(columns), Int32(rows))
        let madeContext = unsafe cairo_create(madeSurface)
        guard let surface = unsafe madeSurface, let context = unsafe madeContext,
            unsafe cairo_status(context) == CAIRO_STATUS_SUCCESS
        else {
            unsafe cairo_destroy(madeContext)
            unsafe cairo_surface_destroy(madeSurface)
            throw ChartError(fault: "no memory for a picture of \(Int(columns)) x \(Int(rows)) pixels")
        }
        unsafe (self.surface, self.context) = (surface, context)
        (self.width, self.height) = (width, height)
        unsafe cairo_scale(context, scale, scale)
        // Text is scaled, so letters keep their shape and distance instead of snapping to pixels.
        let options = unsafe cairo_font_options_create()
        unsafe cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        unsafe cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        unsafe cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        unsafe cairo_set_font_options(context, options)
        unsafe cairo_font_options_destroy(options)
        use(.white)
        unsafe cairo_paint(context)
    }

    /// A canvas that shows a picture, a point a pixel.
    ///
    /// - Parameter rgb: red, green and blue of each pixel, row after row from the top.
    /// - Precondition: as many as the picture has.
    package init(showing rgb: [UInt8], width: Int, height: Int) throws(ChartError) {
        precondition(rgb.count == 3 * width * height, "\(rgb.count) bytes for \(width)×\(height) pixels")
        try self.init(width: Double(width), height: Double(height), scale: 1)
        unsafe cairo_surface_flush(surface)
        guard let bytes = unsafe cairo_image_surface_get_data(surface) else { return }
        let stride = unsafe Int(cairo_image_surface_get_stride(surface))
        let data = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: stride * height)
        for row in 0..<height {
            for column in 0..<width {
                let place = 3 * (row * width + column)
                let pixel = UInt32(rgb[place]) << 16 | UInt32(rgb[place + 1]) << 8 | UInt32(rgb[place + 2])
                unsafe data.storeBytes(of: pixel, toByteOffset: row * stride + column * 4, as: UInt32.self)
            }
        }
        unsafe cairo_surface_mark_dirty(surface)
    }

    deinit {
        unsafe cairo_destroy(context)
        unsafe cairo_surface_destroy(surface)
    }

    private func use(_ colour: Colour) {
        unsafe cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, colour.opacity)
    }
}

extension Canvas {
    /// Fills a rectangle; one that is not finite is left out.
    package func fill(_ area: Rectangle, _ colour: Colour) {
        guard area.isFinite else { return }
        use(colour)
        unsafe cairo_rectangle(context, area.x, area.y, area.width, area.height)
        unsafe cairo_fill(context)
    }

    /// Draws the border of a rectangle, with half of the line outside.
    package func stroke(_ area: Rectangle, _ colour: Colour, lineWidth: Double = 1) {
        guard area.isFinite else { return }
        use(colour)
        unsafe cairo_set_line_width(context, lineWidth)
        unsafe cairo_rectangle(context, area.x, area.y, area.width, area.height)
        unsafe cairo_stroke(context)
    }

    /// Draws a line through `points`, of dashes and gaps with the lengths `dashes`; points that are not finite are left
    /// out.
    package func line(_ points: [Point], _ colour: Colour, lineWidth: Double = 1, dashes: [Double] = []) {
        use(colour)
        unsafe cairo_set_line_width(context, lineWidth)
        unsafe cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        unsafe cairo_set_line_cap(context, dashes.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
        unsafe cairo_set_dash(context, dashes, Int32(dashes.count), 0)
        for point in points where point.isFinite { unsafe cairo_line_to(context, point.x, point.y) }
        unsafe cairo_stroke(context)
        unsafe cairo_set_dash(context, nil, 0, 0)
    }

    /// Draws a disc.
    package func disc(at centre: Point, radius: Double, _ colour: Colour) {
        guard centre.isFinite else { return }
        use(colour)
        unsafe cairo_arc(context, centre.x, centre.y, radius, 0, 2 * .pi)
        unsafe cairo_fill(context)
    }
}

extension Canvas {
    private func select(_ style: TextStyle) {
        unsafe cairo_select_font_face(
            context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
            style.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        unsafe cairo_set_font_size(context, style.size)
    }

    /// The width of `text` in points.
    package func width(of text: String, _ style: TextStyle) -> Double {
        select(style)
        var extents = cairo_text_extents_t()
        unsafe cairo_text_extents(context, text, &extents)
        return extents.x_advance
    }

    /// `text`, or as much of its beginning as fits in `width` with an ellipsis.
    package func fitted(_ text: String, width: Double, _ style: TextStyle) -> String {
        let start = text.prefix(1_000)
        if start.count == text.count, self.width(of: text, style) <= width { return text }
        var (fits, tooLong) = (0, start.count + 1)
        while tooLong - fits > 1 {
            let middle = (fits + tooLong) / 2
            if self.width(of: start.prefix(middle) + "…", style) <= width { fits = middle } else { tooLong = middle }
        }
        return start.prefix(fits) + "…"
    }

    /// Draws `text` in one line, vertically centred on `point` (by the height of its capitals), turned about it by
    /// `degrees` clockwise.
    package func text(
        _ text: String, at point: Point, _ style: TextStyle, anchor: TextAnchor = .left, degrees: Double = 0
    ) {
        guard point.isFinite, !text.isEmpty else { return }
        let width = width(of: text, style)
        let start: Double
        switch anchor {
        case .left: start = 0
        case .centre: start = -width / 2
        case .right: start = -width
        }
        use(style.colour)
        unsafe cairo_save(context)
        unsafe cairo_translate(context, point.x, point.y)
        unsafe cairo_rotate(context, degrees * .pi / 180)
        unsafe cairo_move_to(context, start, style.size * 0.365)  // DejaVu's capitals are 0.73 of its size high
        unsafe cairo_show_text(context, text)
        unsafe cairo_restore(context)
        unsafe cairo_new_path(context)
    }
}

extension Canvas {
    /// The size in pixels.
    package var pixelSize: (width: Int, height: Int) {
        unsafe (
            Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface))
        )
    }

    /// The pixels, row after row from the top, each `0xRRGGBB`.
    package var pixels: [UInt32] {
        let (width, height) = pixelSize
        unsafe cairo_surface_flush(surface)
        guard let bytes = unsafe cairo_image_surface_get_data(surface) else { return [] }
        let stride = unsafe Int(cairo_image_surface_get_stride(surface))
        let data = unsafe UnsafeRawBufferPointer(start: bytes, count: stride * height)
        return (0..<height).flatMap { row in
            (0..<width).map { unsafe data.load(fromByteOffset: row * stride + $0 * 4, as: UInt32.self) & 0xFF_FFFF }
        }
    }

    /// Red, green and blue of each pixel, row after row from the top.
    package var rgb: [UInt8] {
        pixels.flatMap {
            [UInt8(truncatingIfNeeded: $0 >> 16), UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)]
        }
    }

    /// The picture as the bytes of a PNG file.
    package func png() throws(ChartError) -> [UInt8] {
        guard unsafe cairo_status(context) == CAIRO_STATUS_SUCCESS else {
            throw ChartError(fault: unsafe Self.fault(cairo_status(context)))
        }
        var bytes: [UInt8] = []
        let status = unsafe withUnsafeMutablePointer(to: &bytes) { bytes in
            unsafe cairo_surface_write_to_png_stream(
                surface,
                { collected, data, count in
                    guard let collected = unsafe collected?.assumingMemoryBound(to: [UInt8].self) else {
                        return CAIRO_STATUS_WRITE_ERROR
                    }
                    unsafe collected.pointee.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
                    return CAIRO_STATUS_SUCCESS
                }, bytes)
        }
        guard status == CAIRO_STATUS_SUCCESS else { throw ChartError(fault: Self.fault(status)) }
        return bytes
    }

    /// Writes the picture as a PNG file, which is whole whenever it is there.
    package func write(toPNG path: String) throws(ChartError) {
        let bytes = try png()
        do { try WholeFile.write(bytes, to: path) } catch { throw ChartError(file: path, fault: error.fault) }
    }

    private static func fault(_ status: cairo_status_t) -> String {
        unsafe "the picture cannot be drawn: \(String(cString: cairo_status_to_string(status)))"
    }
}
