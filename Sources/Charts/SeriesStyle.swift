/// How a series is told from the others: by colour, and where there are more than colours by dashes.
struct SeriesStyle {
    let colour: Colour
    let dashes: [Double]

    /// The style of series `index`.
    init(_ index: Int, isFaint: Bool = false) {
        let colour = Colour.palette[index % Colour.palette.count]
        self.colour = isFaint ? colour.withOpacity(0.3) : colour
        let patterns: [[Double]] = [[], [6, 3], [2, 2]]
        dashes = patterns[index / Colour.palette.count % patterns.count]
    }
}
