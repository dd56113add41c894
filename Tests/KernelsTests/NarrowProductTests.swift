import CKernels
import Kernels
import Testing

/// A product of a matrix's rows with weights in fewer bits.
struct NarrowCase: Sendable, CustomTestStringConvertible {
    var rows, depth, columns: Int
    var groups = 1
    var accumulates = false
    var hasBias = false
    var activation = FusedActivation.identity

    var testDescription: String { "\(rows)×\(depth) times \(groups) of \(depth)×\(columns)" }

    static let all: [NarrowCase] =
        [1, 2, 3, 4, 5, 7, 16, 33, 120].map { Self(rows: $0, depth: 37, columns: 70, hasBias: $0 % 2 == 1) }
        + [0, 1, 2, 3, 4, 5, 64, 515, 1_600].map { Self(rows: 1, depth: $0, columns: 33, accumulates: $0 % 2 == 0) }
        + [0, 1, 7, 8, 16, 17, 32, 64, 128, 130, 300].map {
            Self(rows: 2, depth: 21, columns: $0, hasBias: true, activation: .relu)
        } + [
            Self(rows: 1, depth: 40, columns: 50, groups: 4, hasBias: true),
            Self(rows: 6, depth: 19, columns: 32, groups: 3, accumulates: true, hasBias: true),
            Self(rows: 0, depth: 8, columns: 8), Self(rows: 2, depth: 1_800, columns: 40, accumulates: true),
        ]

    /// The weights' layout of a group.
    func layout(_ group: Int) -> WeightLayout {
        WeightLayout(
            tapOffsets: [0], channels: depth, channelStride: 1, columns: columns, columnStride: depth,
            offset: group * columns * depth)
    }

    /// The window, with gaps between rows and groups.
    func window(_ narrow: NarrowForm?, panelStride: Int) -> Window {
        var input = Window.Pixels(images: 1, height: 1, width: rows, channels: depth)
        var output = Window.Pixels(images: 1, height: 1, width: rows, channels: columns)
        input.pixelStride = depth + 3
        output.pixelStride = groups * (columns + 2)
        return Window(
            input: input, output: output,
            groups: Window.Groups(count: groups, panelStride: panelStride, outputStride: columns + 2), narrow: narrow)
    }

    var inputCount: Int { rows * (depth + 3) }
    var outputCount: Int { rows * groups * (columns + 2) }

    /// What the output's memory holds afterwards.
    func expected(_ old: [Double], bias: [Double], sum: (_ row: Int, _ column: Int) -> Double) -> [Double] {
        var result = old
        for row in 0..<rows {
            for group in 0..<groups {
                for column in 0..<columns {
                    let place = (row * groups + group) * (columns + 2) + column
                    var value = (accumulates ? old[place] : 0) + sum(row, group * columns + column)
                    if hasBias { value += bias[group * columns + column] }
                    result[place] = activation == .relu ? max(0, value) : value
                }
            }
        }
        return result
    }
}

/// A row as integers of a unit, in the floats in which the kernels find them.
func numbered(_ row: ArraySlice<Float>) -> (numbers: [Int], unit: Float) {
    let most = row.map(abs).max() ?? 0
    guard most >= 0x1p-100 else { return (row.map { _ in 0 }, 0) }
    let factor = 127 / most
    return (row.map { Int(($0 * factor).rounded(.toNearestOrEven)) }, most / 127)
}

@Suite struct NarrowProductTests {
    @Test("halves give the bits of the floats that they are", arguments: NarrowCase.all, [NarrowForm.f16, .bf16])
    func halves(_ row: NarrowCase, form: NarrowForm) throws {
        let weights = samples(row.groups * row.columns * row.depth, 2).map { weight in
            form == .f16 ? Float(Float16(weight)) : Float(bitPattern: weight.bitPattern & 0xFFFF_0000)
        }
        let x = samples(row.inputCount, 1), old = samples(row.outputCount, 3)
        let bias = samples(row.groups * row.columns, 4)
        func sums(_ x: [Double], _ weights: [Double]) -> (Int, Int) -> Double {
            { line, column in
                (0..<row.depth).reduce(0) {
                    $0 + x[line * (row.depth + 3) + $1] * weights[column * row.depth + $1]
                }
            }
        }
        let values = row.expected(old.doubles, bias: bias.doubles, sum: sums(x.doubles, weights.doubles))
        let sizes = row.expected(
            old.doubles.magnitudes, bias: bias.doubles.magnitudes,
            sum: sums(x.doubles.magnitudes, weights.doubles.magnitudes))
        for instructionSet in InstructionSet.available {
            func run(_ narrow: NarrowForm?) throws -> [Float] {
                try product(row, instructionSet, narrow, x, weights, nil, old, bias)
            }
            let got = try run(form)
            #expect(try got.map(\.bitPattern) == run(nil).map(\.bitPattern), "\(instructionSet)")
            for place in got.indices {
                let isClose = abs(Double(got[place]) - values[place]) <= 1e-6 * sizes[place]
                #expect(isClose, "\(instructionSet): \(place) is \(got[place]), expected \(values[place])")
                if !isClose { return }
            }
        }
    }

    @Test("integers give exact sums, scaled for each row and column", arguments: NarrowCase.all)
    func integers(_ row: NarrowCase) throws {
        let numbers = samples(row.groups * row.columns * row.depth, 2, in: -127.4...127.4).map {
            $0.rounded(.toNearestOrEven)
        }
        let scales = samples(row.groups * row.columns, 5, in: 0.001...0.02)
        let x = samples(row.inputCount, 1, in: -3...3), old = samples(row.outputCount, 3)
        let bias = samples(row.groups * row.columns, 4)
        let lines = (0..<row.rows).map { numbered(x[$0 * (row.depth + 3)..<$0 * (row.depth + 3) + row.depth]) }
        let values = row.expected(old.doubles, bias: bias.doubles) { line, column in
            let sum = (0..<row.depth).reduce(0) {
                $0 + lines[line].numbers[$1] * Int(numbers[column * row.depth + $1])
            }
            return Double(sum) * Double(lines[line].unit) * Double(scales[column])
        }
        for instructionSet in InstructionSet.available {
            let got = try product(row, instructionSet, .i8, x, numbers, scales, old, bias)
            for place in got.indices {
                // A few roundings of the sum's float, its unit, and what is added.
                let allowed = 4e-7 * (abs(values[place]) + abs(Double(old[place])) + 2)
                let isClose = abs(Double(got[place]) - values[place]) <= allowed
                #expect(isClose, "\(instructionSet): \(place) is \(got[place]), expected \(values[place])")
                if !isClose { return }
            }
        }
    }

    /// Runs the product with one thread and with three, of the same bits.
    private func product(
        _ row: NarrowCase, _ instructionSet: InstructionSet, _ form: NarrowForm?, _ x: [Float], _ weights: [Float],
        _ scales: [Float]?, _ old: [Float], _ bias: [Float]
    ) throws -> [Float] {
        let kernels = try KernelSet(instructionSet)
        var memory = Memory()
        let input = memory.add(x), source = memory.add(weights), output = memory.add(old, changes: true)
        let biases = memory.add(bias), units = scales.map { memory.add($0) }
        let floats = kernels.packedCount(row.layout(0))
        let bytes =
            form.map { kernels.narrowByteCount($0, depth: row.depth, columns: row.columns) } ?? floats * 4
        let panels = memory.room(bytes: bytes * row.groups, alignment: 4)
        let temporary = memory.room(floats: floats)
        let window = row.window(form, panelStride: bytes / 4)
        let jobs =
            (0..<row.groups).flatMap { group -> [Job] in
                let part = panels.part(offset: group * bytes, byteCount: bytes)
                guard let form else { return [kernels.pack(row.layout(group), source, into: part)] }
                return kernels.packNarrow(
                    form, row.layout(group), source,
                    scales: units?.part(offset: group * row.columns * 4, byteCount: row.columns * 4),
                    temporary: temporary, into: part)
            } + [
                kernels.product(
                    window, input, panels: panels, bias: row.hasBias ? biases : nil, activation: row.activation,
                    accumulate: row.accumulates, to: output)
            ]
        let results = [1, 3].map { threads in
            let workspace = memory.run(
                jobs, scratchBytes: kernels.scratchBytes(window), pool: ThreadPool(threadCount: threads))
            #expect(memory.firstDamage(in: workspace) == nil, "\(row), \(instructionSet)")
            return workspace.read(output).array(of: Float.self)
        }
        #expect(results[0].map(\.bitPattern) == results[1].map(\.bitPattern))
        return results[0]
    }

    @Test("a row of zeros, of numbers near zero, with a NaN, or an infinity, leaves the others alone")
    func specialRows() throws {
        let row = NarrowCase(rows: 5, depth: 9, columns: 20)
        var x = samples(row.inputCount, 1)
        for k in 0..<9 {
            x[12 + k] = 0
            x[24 + k] = 1e-38
        }
        x[36] = .nan
        x[48 + 8] = .infinity
        let numbers = samples(180, 2, in: -127...127).map { $0.rounded() }
        let old = Array(repeating: 0 as Float, count: row.outputCount), bias = samples(20, 3)
        let ones = Array(repeating: 1 as Float, count: 20)
        for instructionSet in InstructionSet.available {
            let got = try product(row, instructionSet, .i8, x, numbers, ones, old, bias)
            #expect(got[22..<42].allSatisfy { $0 == 0 } && got[44..<64].allSatisfy { $0 == 0 })
            #expect(got[66..<86].allSatisfy(\.isNaN) && got[88..<108].allSatisfy(\.isNaN))
            let alone = try product(
                NarrowCase(rows: 1, depth: 9, columns: 20), instructionSet, .i8, Array(x[..<12]), numbers, ones,
                Array(old[..<22]), bias)
            #expect(got[..<20] == alone[..<20], "\(instructionSet)")
        }
    }

    @Test("AVX-512 gives the same bits with VNNI and without", .enabled(if: InstructionSet.available.contains(.avx512)))
    func withoutVNNI() throws {
        let kernels = try KernelSet(.avx512)
        let row = NarrowCase(rows: 7, depth: 133, columns: 150)
        let x = samples(row.inputCount, 1), numbers = samples(150 * 133, 2, in: -127...127).map { $0.rounded() }
        let scales = samples(150, 3, in: 0.01...0.02)
        let window = row.window(.i8, panelStride: 0)
        let panels = Storage(byteCount: kernels.narrowByteCount(.i8, depth: 133, columns: 150))
        let temporary = Storage(byteCount: 4 * kernels.packedCount(row.layout(0)))
        let input = Storage(copying: x), output = Storage(byteCount: 4 * row.outputCount)
        let workspace = Workspace(
            arenaBytes: 0, scratchBytes: kernels.scratchBytes(window), pool: ThreadPool(threadCount: 1))
        let packing = kernels.packNarrow(
            .i8, row.layout(0), Region(Storage(copying: numbers)), scales: Region(Storage(copying: scales)),
            temporary: Region(temporary), into: Region(panels))
        for job in packing + [
            kernels.product(window, Region(input), panels: Region(panels), to: Region(output))
        ] { workspace.pool.run(job, in: workspace) }

        var plain = Array(repeating: 0 as Float, count: row.outputCount)
        let packed = panels.array(of: Float.self)
        var scratch = Array(repeating: 0 as Float, count: kernels.scratchBytes(window) / 4)
        var raw = unsafe engram_window()
        unsafe (raw.images, raw.input_height, raw.input_width, raw.channels) = (1, 1, 7, 133)
        unsafe (raw.input_pixel_stride, raw.output_height, raw.output_width, raw.columns) = (136, 1, 7, 150)
        unsafe (raw.output_pixel_stride, raw.groups, raw.taps) = (152, 1, 1)
        var epilogue = unsafe engram_epilogue()
        unsafe engram_matrix_product_i8_without_vnni(&raw, x, packed, &plain, &epilogue, 0, 7, 0, 5, &scratch)
        #expect(output.array(of: Float.self).map(\.bitPattern) == plain.map(\.bitPattern))
    }
}
