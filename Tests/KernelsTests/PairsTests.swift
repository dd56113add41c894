import Kernels
import Testing

/// To nearest bf16, of two the even one: the definition, by integers.
private func rounded(_ x: Float) -> Float {
    let bits = x.bitPattern, lower = bits & 0xFFFF, upper = bits >> 16
    return Float(bitPattern: (lower > 0x8000 || (lower == 0x8000 && upper & 1 == 1) ? upper + 1 : upper) << 16)
}

private func pair(_ even: Float, _ odd: Float) -> UInt32 {
    rounded(odd).bitPattern | rounded(even).bitPattern >> 16
}

@Suite struct PairsTests {
    /// The best that this processor has, if it multiplies pairs.
    private static let kernels: KernelSet? = {
        guard let best = InstructionSet.available.last, let kernels = try? KernelSet(best, precision: .bf16)
        else { return nil }
        return kernels.multipliesPairs ? kernels : nil
    }()

    @Test("rows are paired, rounded to nearest", arguments: [(0, 3), (2, 1), (6, 16), (4, 37), (64, 130)])
    func rows(rows: Int, columns: Int) throws {
        let stride = columns + 3, x = samples(max(rows * stride, 1), 1)
        var memory = Memory()
        let input = memory.add(x), paired = memory.room(bytes: rows / 2 * columns * 4, alignment: 4)
        let expected = (0..<rows / 2 * columns).map { place in
            let even = place / columns * 2 * stride + place % columns
            return pair(x[even], x[even + stride])
        }
        for instructionSet in InstructionSet.available {
            let kernels = try KernelSet(instructionSet, precision: .bf16)
            let workspace = memory.run(
                [kernels.pairsOfRows(input, rowStride: stride, rows: rows, columns: columns, to: paired)],
                pool: ThreadPool(threadCount: 2))
            #expect(workspace.read(paired).array(of: UInt32.self) == expected, "\(instructionSet)")
            #expect(memory.firstDamage(in: workspace) == nil)
        }
    }

    @Test(
        "a product of pairs is the sum of the rounded factors' products", .enabled(if: kernels != nil),
        arguments: [
            (rows: 1, depth: 2, columns: 1), (3, 34, 33), (14, 32, 32), (65, 130, 100), (113, 512, 260), (5, 4_098, 70),
        ], [false, true])
    func product(_ row: (rows: Int, depth: Int, columns: Int), accumulates: Bool) throws {
        let kernels = try #require(Self.kernels), (rows, depth, columns) = row
        let a = samples(rows * depth, 1), b = samples(columns * depth, 2), bias = samples(columns, 3)
        let old = samples(rows * columns, 4)
        var expected: [Double] = [], sizes: [Double] = []
        for i in 0..<rows {
            for j in 0..<columns {
                let terms = (0..<depth).map {
                    Double(rounded(a[i * depth + $0])) * Double(rounded(b[j * depth + $0]))
                }
                let start = Double(bias[j]) + (accumulates ? Double(old[i * columns + j]) : 0)
                expected.append(terms.reduce(start, +))
                sizes.append(terms.reduce(abs(start)) { $0 + abs($1) })
            }
        }
        var memory = Memory()
        let left = memory.add(a), right = memory.add(b), biases = memory.add(bias)
        let leftPairs = memory.room(floats: a.count / 2), rightPairs = memory.room(floats: b.count / 2)
        let output = memory.add(old, changes: true)
        let layout = WeightLayout(
            tapOffsets: [0], channels: depth / 2, channelStride: 1, columns: columns, columnStride: depth / 2)
        let panels = memory.room(floats: kernels.packedCount(layout))
        let window = Window(
            input: Window.Pixels(images: 1, height: 1, width: rows, channels: depth / 2),
            output: Window.Pixels(images: 1, height: 1, width: rows, channels: columns), isOfPairs: true)
        var bits: [[UInt32]] = []
        for threads in 1...2 {
            let workspace = memory.run(
                [
                    kernels.pairs(left, to: leftPairs), kernels.pairs(right, to: rightPairs),
                    kernels.pack(layout, rightPairs, into: panels),
                    kernels.product(
                        window, leftPairs, panels: panels, bias: biases, accumulate: accumulates, to: output),
                ], scratchBytes: kernels.scratchBytes(window), pool: ThreadPool(threadCount: threads))
            let got = workspace.read(output).array(of: Float.self)
            for place in got.indices where !(abs(Double(got[place]) - expected[place]) <= sums * sizes[place]) {
                Issue.record("\(row): place \(place) is \(got[place]), not \(expected[place])")
                break
            }
            #expect(memory.firstDamage(in: workspace) == nil)
            bits.append(got.map(\.bitPattern))
        }
        #expect(bits[0] == bits[1])
    }
}
