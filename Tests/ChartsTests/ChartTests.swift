import Charts
import Foundation
import Testing

@Suite struct ChartTests {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    @Test(arguments: Sample.ordinary + Sample.degenerate)
    func `A chart is a whole PNG that is not blank, whatever it is given`(_ sample: Sample) throws {
        let canvas = try sample.chart.drawn()
        let png = try canvas.png()
        let (width, height) = canvas.pixelSize
        #expect(png.starts(with: Self.signature))
        #expect(png.suffix(8).starts(with: Array("IEND".utf8)))
        #expect(Self.bigEndian(png[16..<20]) == width)
        #expect(Self.bigEndian(png[20..<24]) == height)
        #expect(canvas.pixels.count == width * height)
        if sample.name != "no panels" { #expect(canvas.pixels.contains { $0 != 0xFFFFFF }) }
    }

    @Test(arguments: Sample.ordinary + Sample.degenerate)
    func `Nothing touches the border of a chart`(_ sample: Sample) throws {
        let canvas = try sample.chart.drawn()
        let pixels = canvas.pixels
        let (width, height) = canvas.pixelSize
        let rows = [0, height - 1].flatMap { row in (0..<width).map { pixels[row * width + $0] } }
        let columns = [0, width - 1].flatMap { column in (0..<height).map { pixels[$0 * width + column] } }
        #expect((rows + columns).allSatisfy { $0 == 0xFFFFFF })
    }

    @Test func `The same chart gives the same bytes`() throws {
        let chart = try #require(Sample.ordinary.first).chart
        #expect(try chart.drawn().png() == chart.drawn().png())
    }

    @Test func `A line lies where its values are, in its colour`() throws {
        let panel = LineChart.Panel(caption: "", series: [.init("", y: [0, 0, 0, 1, 1, 1])])
        let canvas = try LineChart(title: "", xCaption: "", panels: [panel]).drawn()
        let (width, height) = canvas.pixelSize
        let blue = canvas.pixels.enumerated().filter { $0.element == 0x0072B2 }.map(\.offset)
        let left = blue.filter { $0 % width < width / 3 }.map { $0 / width }
        let right = blue.filter { $0 % width > width * 2 / 3 }.map { $0 / width }
        #expect(try #require(left.min()) > height / 2)
        #expect(try #require(right.max()) < height / 2)
    }

    @Test(arguments: [
        ([[9, 1], [0, 10]], "accuracy 95.0 % (19 of 20)"), ([[0, 0], [0, 0]], "no examples"), ([], "no examples"),
        ([[4_552, 338]], "accuracy 93.1 % (4,552 of 4,890)"), ([[-5, 1], [1]], "accuracy 0.0 % (0 of 2)"),
    ])
    func `A matrix says its accuracy`(counts: [[Int]], text: String) {
        #expect(MatrixChart(title: "", labels: ["a", "b"], counts: counts).accuracyText == text)
    }

    private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}

@Suite struct ChartFileTests {
    private static let chart = LineChart(title: "t", xCaption: "x", panels: [])

    private func inTemporaryFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test func `A file takes the place of the one that was there, and nothing else is left`() throws {
        try inTemporaryFolder { folder in
            let path = folder + "/curves.png"
            try Data("old".utf8).write(to: URL(fileURLWithPath: path))
            try Self.chart.write(toPNG: path)
            let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            #expect(try bytes == Self.chart.drawn().png())
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["curves.png"])
        }
    }

    @Test func `A folder that is not there is named`() throws {
        try inTemporaryFolder { folder in
            let path = folder + "/none/curves.png"
            let error = #expect(throws: ChartError.self) { try Self.chart.write(toPNG: path) }
            #expect(error?.description == "\(path): cannot be written: No such file or directory")
        }
    }

    @Test func `A folder in the file's place stays, and nothing else is left`() throws {
        try inTemporaryFolder { folder in
            let path = folder + "/curves.png"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let error = #expect(throws: ChartError.self) { try Self.chart.write(toPNG: path) }
            #expect(error?.description == "\(path): cannot be written: Is a directory")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["curves.png"])
        }
    }

    @Test func `A picture that is too large is refused, with its name`() {
        let groups = (0..<5_000).map(String.init)
        let chart = BarChart(title: "", caption: "", groups: groups, series: [.init("a", values: [])])
        let error = #expect(throws: ChartError.self) { try chart.write(toPNG: "big.png") }
        #expect(
            error?.description
                == "big.png: a picture of 1,760 x 280,252 pixels cannot be drawn; the most is 32,767 a side")
    }

    @Test(arguments: [(0.0, 5.0), (-1, 5), (.nan, 5), (5, .infinity)])
    func `A canvas needs a size`(width: Double, height: Double) {
        #expect(throws: ChartError.self) { _ = try Canvas(width: width, height: height).png() }
    }
}

@Suite struct CanvasTextTests {
    private static let style = TextStyle(size: 12, colour: Colour(0x000000))

    @Test func `Text that fits stays, other text ends in an ellipsis and fits then`() throws {
        let canvas = try Canvas(width: 100, height: 20)
        #expect(canvas.fitted("short", width: 100, Self.style) == "short")
        let cut = canvas.fitted(String(repeating: "wide ", count: 900), width: 100, Self.style)
        #expect(cut.hasPrefix("wide wide") && cut.hasSuffix("…"))
        #expect(canvas.width(of: cut, Self.style) <= 100)
        #expect(canvas.fitted("text", width: 0, Self.style) == "…")
        #expect(canvas.fitted("", width: 0, Self.style) == "")
    }

    @Test("a picture on a canvas is there again, but for what is drawn on it") func picture() throws {
        let rgb = (0..<5 * 4 * 3).map { UInt8($0 * 4) }
        let canvas = try Canvas(showing: rgb, width: 5, height: 4)
        #expect(canvas.rgb == rgb && canvas.pixelSize == (5, 4))
        canvas.fill(Rectangle(x: 0, y: 0, width: 5, height: 1), .white)
        #expect(canvas.rgb[..<15].allSatisfy { $0 == 255 } && canvas.rgb[15...] == rgb[15...])
    }
}
