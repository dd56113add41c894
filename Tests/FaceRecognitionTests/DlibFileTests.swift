import Engine
import FaceRecognition
import Foundation
import Images
import Streams
import Testing

/// Files as dlib writes them, made here by its rules.
@Suite struct DlibFileTests {
    /// Writes what `DlibReader` reads.
    private struct Writer {
        var bytes: [UInt8] = []

        mutating func integers(_ values: Int...) { values.forEach { integer($0) } }
        mutating func integer(_ value: Int) {
            var rest = value.magnitude, digits: [UInt8] = []
            while rest > 0 {
                digits.append(UInt8(truncatingIfNeeded: rest))
                rest >>= 8
            }
            bytes.append(UInt8(max(digits.count, 1)) | (value < 0 ? 0x80 : 0))
            bytes += digits.isEmpty ? [0] : digits
        }
        mutating func float(_ value: Float) {
            // A mantissa of 24 bits.
            let exponent = value == 0 ? 0 : Int(value.exponent) - 23
            integer(Int(Double(value) * pow(2, -Double(exponent))))
            integer(exponent)
        }
        mutating func text(_ text: String) {
            integer(text.utf8.count)
            bytes += Array(text.utf8)
        }
        mutating func tensor(_ shape: [Int], _ values: [Float]) {
            integer(2)
            shape.forEach { integer($0) }
            for value in values {
                bytes += (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
            }
        }
        mutating func alias(_ shape: [Int]) {
            integer(1)
            shape.forEach { integer($0) }
        }
        mutating func endLayer() {
            bytes += Array("101".utf8)
            for _ in 0..<3 { tensor([0, 0, 0, 0], []) }
        }
        mutating func vector(_ count: Int, _ body: (inout Writer, Int) -> Void) {
            integer(count)
            for number in 0..<count { body(&self, number) }
        }
    }

    /// One tree of one question at two landmarks: is the pixel at the first brighter than that at the second by 10?
    private static let predictor: [UInt8] = {
        var writer = Writer()
        writer.integer(1)
        writer.integers(-4, -1)
        [0.25, 0.5, 0.75, 0.5].forEach { writer.float($0) }
        writer.vector(1) { writer, _ in
            writer.vector(1) { writer, _ in
                writer.vector(1) { writer, _ in
                    writer.integers(0, 1)
                    writer.float(10)
                }
                writer.vector(2) { writer, leaf in
                    writer.integers(-4, -1)
                    for _ in 0..<4 { writer.float(leaf == 0 ? 0.125 : -0.0625) }
                }
            }
        }
        writer.vector(1) { writer, _ in writer.vector(2) { writer, number in writer.integer(number) } }
        writer.vector(1) { writer, _ in
            writer.vector(2) { writer, _ in
                writer.float(0)
                writer.float(0)
            }
        }
        return writer.bytes
    }()

    /// A network of pictures of 5×5 pixels: a convolution of one filter with an affine layer, the mean, and two outputs.
    private static let network: [UInt8] = {
        var writer = Writer()
        writer.integer(1)
        writer.text("loss_metric_2")
        [0.04, 0.6].forEach { writer.float($0) }
        for version in [2, 2, 2, 3] { writer.integer(version) }
        writer.text("input_rgb_image_sized")
        [128, 64, 32].forEach { writer.float($0) }
        writer.integers(5, 5)
        writer.text("con_4")
        writer.tensor([1, 1, 1, 28], (0..<27).map { Float($0 - 13) / 4 } + [0.5])
        for number in [1, 3, 3, 2, 2, 0, 0] { writer.integer(number) }
        [[1, 3, 3, 3], [1, 1, 1, 1]].forEach { writer.alias($0) }
        for _ in 0..<4 { writer.float(1) }
        writer.endLayer()
        writer.integer(1)
        writer.text("affine_")
        writer.tensor([1, 1, 1, 2], [2, -1])
        [[1, 1, 1, 1], [1, 1, 1, 1]].forEach { writer.alias($0) }
        writer.integer(0)
        writer.endLayer()
        writer.text("avg_pool_2")
        for number in [0, 0, 1, 1, 0, 0] { writer.integer(number) }
        writer.endLayer()
        writer.text("fc_2")
        writer.integers(2, 1)
        writer.tensor([1, 1, 1, 2], [3, -4])
        [[1, 1, 1, 2], [0, 0, 0, 0]].forEach { writer.alias($0) }
        writer.integer(1)
        for _ in 0..<4 { writer.float(1) }
        writer.endLayer()
        return writer.bytes
    }()

    @Test("a predictor asks its question, and moves the shape") func predict() throws {
        let predictor = try ShapePredictor(dlib: Self.predictor, named: "p.dat")
        var image = Image(width: 20, height: 20, colour: .black)
        let box = Rectangle(x: 2, y: 2, width: 17, height: 17)
        // Brighter at neither: the second leaf.
        var points = predictor.landmarks(in: image, box: box)
        #expect(points == [Point(5.5, 9.5), Point(13.5, 9.5)])
        image[6, 10] = .white
        points = predictor.landmarks(in: image, box: box)
        #expect(points == [Point(8.5, 12.5), Point(16.5, 12.5)])
    }

    @Test("a network computes what its layers say") func compute() throws {
        let graph = try DlibNetwork(Self.network, named: "n.dat").graph()
        let pixels = (0..<75).map { Float($0 * 37 % 256) }
        let outputs = try Model(graph).run(["chips": Tensor(pixels, shape: [1, 3, 5, 5])])["embeddings"]
        var mean = 0.0
        for (row, column) in [(0, 0), (0, 2), (2, 0), (2, 2)] {
            var sum = 0.5
            for channel in 0..<3 {
                for (y, x) in (0..<9).map({ ($0 / 3, $0 % 3) }) {
                    let pixel = Double(pixels[channel * 25 + (row + y) * 5 + column + x])
                    let normal = (pixel - [128.0, 64, 32][channel]) / 256
                    sum += Double(channel * 9 + y * 3 + x - 13) / 4 * normal
                }
            }
            mean += (2 * sum - 1) / 4
        }
        let values = try #require(outputs).floats
        #expect(values.count == 2)
        #expect(abs(Double(values[0]) - 3 * mean) < 1e-4 && abs(Double(values[1]) + 4 * mean) < 1e-4)
    }

    @Test("cut off anywhere, or with any byte changed: an error that names the file, and no trap") func damaged() {
        for (bytes, read) in [
            (Self.predictor, { bytes throws(InputError) in _ = try ShapePredictor(dlib: bytes, named: "x.dat") }),
            (Self.network, { bytes throws(InputError) in _ = try DlibNetwork(bytes, named: "x.dat") }),
        ] as [([UInt8], ([UInt8]) throws(InputError) -> Void)] {
            for count in bytes.indices {
                let error = #expect(throws: InputError.self) { try read(Array(bytes[..<count])) }
                #expect(error?.file == "x.dat")
                for change in [0x01, 0x80, 0xFF] as [UInt8] {
                    var damaged = bytes
                    damaged[count] ^= change
                    _ = try? read(damaged)
                    if let network = try? DlibNetwork(damaged, named: "x.dat") { _ = try? network.graph() }
                }
            }
        }
    }
}
