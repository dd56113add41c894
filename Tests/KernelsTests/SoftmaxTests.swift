import Glibc
import Kernels
import Testing

/// Rows of a softmax: how many, of how many columns.
@Suite struct SoftmaxTests {
    static let rows = [0, 1, 2, 5, 300]
    static let columns = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65, 100, 1_031]
    /// exp's own error, and that of sums of some hundred floats.
    private let rounding = 2e-6

    /// Rows of numbers between -8 and 8, the first with what is special.
    private func logits(_ rows: Int, _ columns: Int) -> [Float] {
        var x = samples(rows * columns, 1, in: -8...8)
        if rows > 4, columns > 3 {
            x[columns] = -.infinity
            x[2 * columns + 1] = .infinity
            x[3 * columns + 2] = .nan
            x[4 * columns] = 200
        }
        return x
    }

    private func probabilities<Scalar: BinaryFloatingPoint>(_ row: ArraySlice<Scalar>, exp: (Scalar) -> Scalar)
        -> [Scalar]
    {
        let greatest = row.reduce(-.infinity) { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }
        let powers = row.map { exp($0 - greatest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private func softmax(_ x: [Double], _ columns: Int) -> [Double] {
        stride(from: 0, to: x.count, by: columns).flatMap { probabilities(x[$0..<$0 + columns], exp: { exp($0) }) }
    }

    @Test("probabilities of each row, in place or not", arguments: rows, columns)
    func softmax(rows: Int, columns: Int) throws {
        let x = logits(rows, columns)
        let values = softmax(x.doubles, columns)
        for isInPlace in [false, true] {
            var memory = Memory()
            let input = memory.add(x, changes: isInPlace)
            let y = isInPlace ? input : memory.room(floats: x.count)
            try expect(
                "\(rows) rows of \(columns)", memory, [.floats("y", y, values, relative: rounding, absolute: 1e-37)]
            ) {
                [$0.softmax(input, columns: columns, to: y)]
            }
        }
    }

    @Test("the gradient of each row, in place or not", arguments: rows, columns)
    func backward(rows: Int, columns: Int) throws {
        let y = softmax(samples(rows * columns, 1, in: -3...3).doubles, columns).map { Float($0) }
        let dy = samples(rows * columns, 2)
        var values: [Double] = [], sizes: [Double] = []
        for row in 0..<rows {
            let places = row * columns..<(row + 1) * columns
            let dot = places.reduce(0) { $0 + Double(y[$1]) * Double(dy[$1]) }
            values += places.map { Double(y[$0]) * (Double(dy[$0]) - dot) }
            sizes += places.map { 2 * Double(y[$0]) }
        }
        for place in ["apart", "on y", "on dy"] {
            var memory = Memory()
            let result = memory.add(y, changes: place == "on y"), gradient = memory.add(dy, changes: place == "on dy")
            let apart = memory.room(floats: y.count)
            let dx = place == "on y" ? result : place == "on dy" ? gradient : apart
            try expect(
                "\(rows) rows of \(columns), \(place)", memory,
                [.floats("dx", dx, values, relative: rounding, of: sizes)]
            ) {
                [$0.softmaxBackward(y: result, dy: gradient, columns: columns, to: dx)]
            }
        }
    }

    @Test("the mean cross-entropy with smoothed targets, and its gradient", arguments: [1, 2, 5, 300], columns)
    func crossEntropy(rows: Int, classes: Int) throws {
        for smoothing in [Float(0), 0.1] {
            let x = samples(rows * classes, 1, in: -8...8)
            let targets = (0..<rows).map { Int64($0 * 7 % classes) }
            let p = softmax(x.doubles, classes)
            let even = Double(smoothing) / Double(classes)
            var losses = [Double](repeating: 0, count: rows), gradient = p
            for index in p.indices {
                let target = even + (Int64(index % classes) == targets[index / classes] ? 1 - Double(smoothing) : 0)
                losses[index / classes] -= target * log(p[index])
                gradient[index] = 0.5 / Double(rows) * (p[index] - target)
            }
            let sizes = p.map { _ in 1 / Double(rows) }
            for isInPlace in [false, true] {
                var memory = Memory()
                let logits = memory.add(x, changes: isInPlace), classOfRow = memory.add(targets),
                    dLoss = memory.add([Float(0.5)])
                let work = memory.room(floats: rows), loss = memory.room(floats: 1), scale = memory.room(floats: 1)
                let dLogits = isInPlace ? logits : memory.room(floats: x.count)
                try expect(
                    "\(rows) rows of \(classes), smoothing \(smoothing)", memory,
                    [
                        .floats("losses", work, losses, relative: rounding, absolute: 2e-6),
                        .floats(
                            "loss", loss, [losses.reduce(0, +) / Double(max(rows, 1))], relative: rounding,
                            absolute: 2e-6),
                        .floats("gradient", dLogits, gradient, relative: rounding, of: sizes),
                    ]
                ) {
                    $0.softmaxCrossEntropy(
                        logits, targets: classOfRow, classes: classes, smoothing: smoothing, losses: work, to: loss)
                        + $0.softmaxCrossEntropyBackward(
                            logits, targets: classOfRow, dLoss: dLoss, classes: classes, smoothing: smoothing,
                            scale: scale, to: dLogits)
                }
            }
        }
    }

    @Test("a target that is no class counts as nothing") func strangeTargets() throws {
        let x = samples(12, 1), p = softmax(x.doubles, 4)
        let targets: [Int64] = [-1, 2, 4]
        let loss = -log(p[6])
        let gradient = p.indices.map { $0 / 4 != 1 ? 0 : p[$0] - ($0 == 6 ? 1 : 0) }
        var memory = Memory()
        let logits = memory.add(x), classOfRow = memory.add(targets), dLoss = memory.add([Float(1)])
        let work = memory.room(floats: 3), mean = memory.room(floats: 1), dLogits = memory.room(floats: 12)
        let scale = memory.room(floats: 1)
        try expect(
            "targets \(targets)", memory,
            [
                .floats("losses", work, [0, loss, 0], relative: rounding),
                .floats("loss", mean, [loss], relative: rounding),
                .floats("gradient", dLogits, gradient, relative: rounding, absolute: 1e-7),
            ]
        ) {
            $0.softmaxCrossEntropy(logits, targets: classOfRow, classes: 4, smoothing: 0, losses: work, to: mean)
                + $0.softmaxCrossEntropyBackward(
                    logits, targets: classOfRow, dLoss: dLoss, classes: 4, smoothing: 0, scale: scale, to: dLogits)
        }
    }
}
