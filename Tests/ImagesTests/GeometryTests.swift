import Images
import Testing

@Suite struct GeometryTests {
    @Test("another size is Pillow's", arguments: ["44x30", "11x7", "5x4", "31x9", "1x1"])
    func resized(_ size: String) throws {
        let expected = try Golden.image("resized-\(size).ppm")
        let image = try Golden.picture().resized(width: expected.width, height: expected.height)
        #expect(try #require(image.largestDifference(from: expected)) <= 1)
    }

    @Test(
        "a piece is Pillow's where all of it is inside",
        arguments: [
            ("shifted", AffineTransform(a: 1, b: 0, c: 0, d: 1, tx: 1.5, ty: -0.25)),
            ("turned", AffineTransform(a: 0.8, b: -0.5, c: 0.5, d: 0.8, tx: 4, ty: 1)),
        ])
    func warped(_ name: String, _ transform: AffineTransform) throws {
        let picture = try Golden.picture(), expected = try Golden.image("warped-\(name).ppm")
        let image = picture.warped(by: transform, width: expected.width, height: expected.height)
        var inside = 0
        for y in 0..<image.height {
            for x in 0..<image.width {
                let place = transform(Point(Double(x) + 0.5, Double(y) + 0.5))
                guard place.x >= 0.5, place.y >= 0.5, place.x < Double(picture.width) - 0.5,
                    place.y < Double(picture.height) - 0.5
                else { continue }
                inside += 1
                let (ours, theirs) = (image[x, y], expected[x, y])
                #expect(abs(Int(ours.red) - Int(theirs.red)) <= 1 && abs(Int(ours.green) - Int(theirs.green)) <= 1)
                #expect(abs(Int(ours.blue) - Int(theirs.blue)) <= 1)
            }
        }
        #expect(inside > 100)
    }

    @Test("a piece that is much smaller takes all pixels into account") func reduced() throws {
        // Stripes of one pixel are grey from afar.
        var stripes = Image(width: 300, height: 200)
        for y in 0..<200 { for x in stride(from: 0, to: 300, by: 2) { stripes[x, y] = .black } }
        let image = stripes.warped(by: .scaling(x: 8, y: 8), width: 37, height: 25)
        for x in 1..<36 { #expect((120...135).contains(image[x, 12].green)) }
        // And what is shown is at its place.
        var square = Image(width: 400, height: 400, colour: .black)
        for y in 200..<280 { for x in 120..<200 { square[x, y] = .white } }
        let small = square.warped(
            by: AffineTransform(a: 0, b: 4, c: 4, d: 0, tx: 100, ty: 180), width: 40, height: 40)
        let places = (0..<40 * 40).filter { small[$0 % 40, $0 / 40].red > 127 }
        #expect(Set(places.map { $0 % 40 }) == Set(5..<25) && Set(places.map { $0 / 40 }) == Set(5..<25))
    }

    @Test("what lies outside is black") func outside() throws {
        let image = Image(width: 4, height: 4).warped(
            by: AffineTransform(a: 1, b: 0, c: 0, d: 1, tx: 3, ty: -5), width: 6, height: 6)
        #expect(image[0, 5] == .white && image[1, 5] == .black && image[0, 4] == .black)
    }

    @Test("turned four times, or mirrored twice, is what it was") func turned() throws {
        let picture = try Golden.picture()
        #expect(picture.turned(by: 6).turned(by: 8) == picture && picture.turned(by: 3).turned(by: 3) == picture)
        #expect(picture.mirrored != picture && picture.mirrored.mirrored == picture)
        #expect(picture.mirrored[0, 2] == picture[picture.width - 1, 2])
        let big = picture.resized(width: 150, height: 131), side = big.turned(by: 6)
        #expect(side.width == 131 && side.height == 150 && side[130, 0] == big[0, 0] && side[0, 149] == big[149, 130])
    }

    @Test("a similarity is found again from five points, and none from one place") func similarity() throws {
        let wanted = AffineTransform(a: 1.3, b: -0.4, c: 0.4, d: 1.3, tx: 12, ty: -7)
        let points = [Point(1, 2), Point(30, 4), Point(15, 20), Point(5, 33), Point(28, 31)]
        let found = try #require(AffineTransform.similarity(from: points, to: points.map { wanted($0) }))
        for (ours, theirs) in zip(
            [found.a, found.b, found.c, found.d, found.tx, found.ty],
            [wanted.a, wanted.b, wanted.c, wanted.d, wanted.tx, wanted.ty])
        { #expect(abs(ours - theirs) < 1e-9) }
        #expect(AffineTransform.similarity(from: [Point(1, 1), Point(1, 1)], to: [Point(0, 0), Point(2, 0)]) == nil)
        let back = try #require(wanted.inverse), there = back(wanted(Point(3, 4)))
        #expect(abs(there.x - 3) < 1e-9 && abs(there.y - 4) < 1e-9)
        #expect(AffineTransform.scaling(x: 0, y: 0).inverse == nil)
    }
}
