package import Engine
package import Streams

/// A network of dlib's that makes some numbers of a picture: a chain of layers with residual blocks.
///
/// - Source: dlib 20.0, dnn/core.h (how layers stand around one another), dnn/layers.h, dnn/input.h, dnn/loss.h; the network
///   of faces is that of examples/dnn_face_recognition_ex.cpp.
package struct DlibNetwork {
    private enum Layer {
        /// Weights [filters][channels][rows][columns], and what is added to each filter.
        case convolution(shape: [Int], weights: [Float], biases: [Float], SpatialWindow)
        /// Each channel times a number, and another one added.
        case affine(factors: [Float], summands: [Float])
        case relu
        case maxPool(SpatialWindow)
        /// nil for the mean of all.
        case averagePool(SpatialWindow?)
        /// The tagged value is added; the smaller of both is filled up with zeros.
        case addTagged
        /// Weights [inputs][outputs].
        case dense(inputs: Int, outputs: Int, weights: [Float])
        /// Alone it tags a value; of two, one behind the other, the first tags it and the second goes back to what was
        /// tagged before.
        case mark
    }

    /// Of the pictures, in pixels.
    private var height = 0
    private var width = 0
    /// What is taken from red, green and blue before all is divided by 256.
    private var means: [Float] = []
    /// From the input to the output.
    private var layers: [Layer] = []

    /// Reads a network that was serialized with its loss.
    package init(_ bytes: [UInt8], named name: String) throws(InputError) {
        var reader = DlibReader(bytes, named: name)
        guard try reader.integer() == 1, try reader.text() == "loss_metric_2" else {
            throw reader.damaged("begins no network of faces")
        }
        // Its margin and its threshold.
        for _ in 0..<2 { _ = try reader.float() }
        // Each layer's version, from the outermost to the one at the input; their contents follow in the other order.
        var versions: [Int] = []
        repeat {
            guard versions.count < 1_000 else { throw reader.damaged("are more than 1,000 layers") }
            versions.append(try reader.size("as a layer's version", atMost: 3))
        } while versions.last != 3
        try readInput(from: &reader)
        for version in versions.reversed() {
            layers.append(version == 1 ? .mark : try Self.layer(from: &reader))
            if version == 3 { _ = try reader.integer() }
        }
        guard reader.isAtEnd else { throw reader.damaged("more follows than the network") }
    }

    private mutating func readInput(from reader: inout DlibReader) throws(InputError) {
        guard try reader.text() == "input_rgb_image_sized" else { throw reader.damaged("begins no input of a picture") }
        means = try (0..<3).map { _ throws(InputError) in try reader.float() }
        height = try reader.size("rows", atMost: 4_096)
        width = try reader.size("columns", atMost: 4_096)
    }

    /// The contents of a layer, and what dlib keeps for training.
    private static func layer(from reader: inout DlibReader) throws(InputError) -> Layer {
        let layer = try contents(from: &reader)
        for _ in 0..<3 { _ = try reader.bool() }
        for _ in 0..<3 { _ = try reader.tensor() }
        return layer
    }

    private static func contents(from reader: inout DlibReader) throws(InputError) -> Layer {
        let kind = try reader.text()
        switch kind {
        case "con_4":
            let numbers = try reader.tensor().values
            let filters = try reader.size("filters", atMost: 65_536)
            let window = try window(from: &reader, hasPadding: true)
            let shape = try reader.alias(), biases = try reader.alias()
            try skipRates(in: &reader)
            let count = shape.reduce(1, *)
            guard shape[0] == filters, shape[2] == window?.kernel.vertical, shape[3] == window?.kernel.horizontal,
                let window, biases.reduce(1, *) == filters, numbers.count == count + filters
            else { throw reader.damaged("ends a convolution whose parts do not fit together") }
            return .convolution(
                shape: shape, weights: Array(numbers[..<count]), biases: Array(numbers[count...]), window)
        case "affine_":
            let numbers = try reader.tensor().values
            let factors = try reader.alias().reduce(1, *), summands = try reader.alias().reduce(1, *)
            // 0: a number a channel.
            guard try reader.integer() == 0, factors == summands, numbers.count == factors + summands else {
                throw reader.damaged("ends an affine layer whose parts do not fit together")
            }
            return .affine(factors: Array(numbers[..<factors]), summands: Array(numbers[factors...]))
        case "relu_": return .relu
        case "max_pool_2":
            guard let window = try window(from: &reader, hasPadding: true) else {
                throw reader.damaged("ends a maximum of all")
            }
            return .maxPool(window)
        case "avg_pool_2": return .averagePool(try window(from: &reader, hasPadding: true))
        case "add_prev_": return .addTagged
        case "fc_2":
            let outputs = try reader.size("outputs", atMost: 1 << 20),
                inputs = try reader.size("inputs", atMost: 1 << 20)
            let numbers = try reader.tensor().values
            _ = try reader.alias()
            _ = try reader.alias()
            // 1: nothing is added.
            guard try reader.integer() == 1, numbers.count == inputs * outputs else {
                throw reader.damaged("ends a dense layer whose parts do not fit together")
            }
            try skipRates(in: &reader)
            return .dense(inputs: inputs, outputs: outputs, weights: numbers)
        default: throw reader.damaged("ends the name of a layer, '\(kind)', that is not known")
        }
    }

    /// A window's size, step and padding; nil where it covers all.
    private static func window(from reader: inout DlibReader, hasPadding: Bool) throws(InputError) -> SpatialWindow? {
        let numbers = try (0..<6).map { _ throws(InputError) in try reader.size("pixels", atMost: 4_096) }
        if numbers[0] == 0 && numbers[1] == 0 { return nil }
        guard numbers[..<4].allSatisfy({ $0 > 0 }) else { throw reader.damaged("ends an empty window") }
        return SpatialWindow(
            kernel: .init(numbers[0], numbers[1]), strides: .init(numbers[2], numbers[3]),
            padding: .explicit(top: numbers[4], left: numbers[5], bottom: numbers[4], right: numbers[5]))
    }

    /// How fast weights and biases learn and decay.
    private static func skipRates(in reader: inout DlibReader) throws(InputError) {
        for _ in 0..<4 { _ = try reader.float() }
    }
}

// MARK: - The graph

extension DlibNetwork {
    /// The network as a graph: input `chips` [batch, 3, height, width], red, green and blue from 0 to 255; output
    /// `embeddings` [batch, outputs]. Affine layers, the means and the division by 256 are taken into the convolutions.
    ///
    /// - Throws: `GraphError` where layers do not fit together.
    package func graph() throws(GraphError) -> Graph {
        var graph = Graph()
        var value = graph.addInput(
            "chips", dimensions: ["batch", 3, .fixed(height), .fixed(width)])
        var tagged: [Graph.Value] = []
        var isFirst = true
        for (place, layer) in layers.enumerated() {
            switch layer {
            case .convolution(let shape, var weights, var biases, let window):
                if isFirst { foldInput(into: &weights, &biases, shape) }
                isFirst = false
                if place + 1 < layers.count, case .affine(let factors, let summands) = layers[place + 1] {
                    Self.fold(factors, summands, into: &weights, &biases)
                }
                let weight = graph.addConstant(Tensor(weights, shape: Shape(shape)), name: "weight_\(place)")
                let bias = graph.addConstant(Tensor(biases, shape: [biases.count]), name: "bias_\(place)")
                value = try graph.append(Operators.Conv(window: window), [value, weight, bias])[0]
            case .affine:
                guard place > 0, case .convolution = layers[place - 1] else {
                    throw GraphError(fault: "an affine layer does not follow a convolution")
                }
            case .relu: value = try graph.append(Operators.Relu(), [value])[0]
            case .maxPool(let window): value = try graph.append(Operators.MaxPool(window: window), [value])[0]
            case .averagePool(let window?):
                value = try graph.append(Operators.AveragePool(window: window), [value])[0]
            case .averagePool(nil): value = try graph.append(Operators.GlobalAveragePool(), [value])[0]
            case .mark:
                guard place > 0, case .mark = layers[place - 1] else {
                    tagged.append(value)
                    continue
                }
                guard tagged.count >= 2 else { throw GraphError(fault: "a layer goes back to none") }
                value = tagged.remove(at: tagged.count - 2)
            case .addTagged:
                guard let other = tagged.popLast() else { throw GraphError(fault: "there is nothing to add") }
                let both = try Self.filled(value, other, in: &graph)
                value = try graph.append(Operators.Add(), both)[0]
            case .dense(let inputs, let outputs, let weights):
                let rows = try graph.append(Operators.Flatten(), [value])[0]
                let weight = graph.addConstant(Tensor(weights, shape: [inputs, outputs]), name: "weight_\(place)")
                value = try graph.append(Operators.Gemm(), [rows, weight])[0]
            }
        }
        graph.addOutput("embeddings", value)
        return graph
    }

    /// Takes (x − mean) / 256 into a convolution that has no padding.
    private func foldInput(into weights: inout [Float], _ biases: inout [Float], _ shape: [Int]) {
        let perChannel = shape[2] * shape[3], perFilter = shape[1] * perChannel
        for filter in biases.indices {
            var sum = Double(biases[filter])
            for k in 0..<perFilter {
                let place = filter * perFilter + k
                sum -= Double(weights[place]) * Double(means[k / perChannel % 3]) / 256
                weights[place] /= 256
            }
            biases[filter] = Float(sum)
        }
    }

    private static func fold(
        _ factors: [Float], _ summands: [Float], into weights: inout [Float], _ biases: inout [Float]
    ) {
        let perFilter = weights.count / biases.count
        for filter in biases.indices {
            for place in filter * perFilter..<(filter + 1) * perFilter { weights[place] *= factors[filter] }
            biases[filter] = Float(Double(biases[filter]) * Double(factors[filter]) + Double(summands[filter]))
        }
    }

    /// Two values, each filled up with zeros behind its channels, rows and columns to the larger one's.
    private static func filled(
        _ a: Graph.Value, _ b: Graph.Value, in graph: inout Graph
    ) throws(GraphError) -> [Graph.Value] {
        let shapes = [a, b].map { graph.type(of: $0).shape }
        let shape = (0..<4).map { max(shapes[0][$0], shapes[1][$0]) }
        var results: [Graph.Value] = []
        for (value, own) in zip([a, b], shapes) {
            // The batch, which is bound to 1, stays what it is.
            let pads = [0, 0, 0, 0, 0] + (1..<4).map { shape[$0] - own[$0] }
            guard pads.contains(where: { $0 > 0 }) else {
                results.append(value)
                continue
            }
            let constant = graph.addConstant(Tensor(pads.map(Int64.init), shape: [8]))
            results.append(try graph.append(Operators.Pad(), [value, constant])[0])
        }
        return results
    }
}
