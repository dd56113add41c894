import Engine
import NeuralNetworks
import Testing

/// A network, the shape of an example, and what must come of them.
struct LayerRow: CustomTestStringConvertible, Sendable {
    var note: String
    var network: Sequential
    var input: Shape
    /// Of the output for a batch of 3.
    var output: Shape
    /// Parameters and statistics by name.
    var weights: [String: Shape]
    /// The operators of the finished graph.
    var operators: [String]

    var testDescription: String { note }
}

@Suite struct LayerTests {
    static let rows: [LayerRow] = [
        LayerRow(
            note: "convolution, same", network: Sequential { Convolution(channels: 8, kernel: 3, padding: .same) },
            input: [3, 7, 5],
            output: [3, 8, 7, 5], weights: ["convolution_1.weight": [8, 3, 3, 3], "convolution_1.bias": [8]],
            operators: ["Conv"]),
        LayerRow(
            note: "convolution, valid, stride 2, without bias",
            network: Sequential { Convolution(channels: 8, kernel: .init(3, 1), stride: .init(2, 1), hasBias: false) },
            input: [3, 7, 5],
            output: [3, 8, 3, 5], weights: ["convolution_1.weight": [8, 3, 3, 1]], operators: ["Conv"]),
        LayerRow(
            note: "convolution, dilated, in groups",
            network: Sequential { Convolution(channels: 4, kernel: 3, dilation: 2, groups: 2) }, input: [2, 7, 7],
            output: [3, 4, 3, 3], weights: ["convolution_1.weight": [4, 1, 3, 3], "convolution_1.bias": [4]],
            operators: ["Conv"]),
        LayerRow(
            note: "normalisation of images", network: Sequential { BatchNormalization() }, input: [3, 4, 4],
            output: [3, 3, 4, 4],
            weights: Self.normalization("normalization_1", 3), operators: ["BatchNormalization"]),
        LayerRow(
            note: "normalisation of rows", network: Sequential { BatchNormalization() }, input: [6], output: [3, 6],
            weights: Self.normalization("normalization_1", 6), operators: ["BatchNormalization"]),
        LayerRow(
            note: "dense", network: Sequential { Dense(7) }, input: [4], output: [3, 7],
            weights: ["dense_1.weight": [7, 4], "dense_1.bias": [7]], operators: ["Gemm"]),
        LayerRow(
            note: "dense without bias", network: Sequential { Dense(7, hasBias: false) }, input: [4], output: [3, 7],
            weights: ["dense_1.weight": [7, 4]], operators: ["Gemm"]),
        LayerRow(
            note: "dense, of each step", network: Sequential { Dense(7) }, input: [5, 4], output: [3, 5, 7],
            weights: ["dense_1.weight": [7, 4], "dense_1.bias": [7]], operators: ["Transpose", "MatMul", "Add"]),
        LayerRow(
            note: "columns of a table",
            network: Sequential {
                TabularEncoding(
                    edges: [[0, 1, 3], [], [-1, 1]], categories: [.init(levels: 4, dimensions: 2)])
            }, input: [4], output: [3, 5], weights: ["encoding_1.category_1.weight": [4, 2]],
            operators: ["Gather", "Sub", "Mul", "Clip", "Sub", "Gather", "Cast", "Gather", "Concat"]),
        LayerRow(
            note: "LSTM", network: Sequential { LSTM(4) }, input: [5, 3], output: [3, 5, 4],
            weights: [
                "lstm_1.weight_1": [1, 16, 3], "lstm_1.recurrent_weight_1": [1, 16, 4], "lstm_1.bias_1": [1, 32],
            ], operators: ["Transpose", "LSTM", "Transpose", "Reshape", "Transpose"]),
        LayerRow(
            note: "GRU, two layers, both directions, the end alone",
            network: Sequential { GRU(4, layers: 2, isBidirectional: true, dropout: 0.5, output: .last) },
            input: [5, 3], output: [3, 8],
            weights: [
                "gru_1.weight_1": [2, 12, 3], "gru_1.recurrent_weight_1": [2, 12, 4], "gru_1.bias_1": [2, 24],
                "gru_1.weight_2": [2, 12, 8], "gru_1.recurrent_weight_2": [2, 12, 4], "gru_1.bias_2": [2, 24],
            ],
            operators: [
                "Transpose", "GRU", "Transpose", "Reshape", "GRU", "Transpose", "Reshape", "Transpose", "Reshape",
            ]),
        LayerRow(
            note: "LSTM with dropout",
            network: Sequential {
                LSTM(4, layers: 2, dropout: RecurrentDropout(0.5, isVariational: true, recurrentWeights: 0.3))
            },
            input: [5, 3], output: [3, 5, 4],
            weights: [
                "lstm_1.weight_1": [1, 16, 3], "lstm_1.recurrent_weight_1": [1, 16, 4], "lstm_1.bias_1": [1, 32],
                "lstm_1.weight_2": [1, 16, 4], "lstm_1.recurrent_weight_2": [1, 16, 4], "lstm_1.bias_2": [1, 32],
            ],
            operators: ["Transpose", "LSTM", "Transpose", "Reshape", "LSTM", "Transpose", "Reshape", "Transpose"]),
        LayerRow(
            note: "relu", network: Sequential { Activation(.relu) }, input: [2, 3], output: [3, 2, 3], weights: [:],
            operators: ["Relu"]),
        LayerRow(
            note: "dropout", network: Sequential { Dropout(0.5) }, input: [2, 3], output: [3, 2, 3], weights: [:],
            operators: []),
        LayerRow(
            note: "max pooling", network: Sequential { MaxPooling(2) }, input: [2, 5, 6], output: [3, 2, 2, 3],
            weights: [:],
            operators: ["MaxPool"]),
        LayerRow(
            note: "max pooling that overlaps", network: Sequential { MaxPooling(3, stride: 2, padding: .same) },
            input: [2, 5, 6],
            output: [3, 2, 3, 3], weights: [:], operators: ["MaxPool"]),
        LayerRow(
            note: "average pooling", network: Sequential { AveragePooling(.init(1, 3)) }, input: [2, 5, 6],
            output: [3, 2, 5, 2],
            weights: [:], operators: ["AveragePool"]),
        LayerRow(
            note: "global average pooling", network: Sequential { GlobalAveragePooling() }, input: [2, 5, 6],
            output: [3, 2, 1, 1],
            weights: [:], operators: ["GlobalAveragePool"]),
        LayerRow(
            note: "flatten", network: Sequential { Flatten() }, input: [2, 5, 6], output: [3, 60], weights: [:],
            operators: ["Flatten"]),
        LayerRow(
            note: "numbers count a kind, and paths name nested layers",
            network: Sequential {
                Dense(4)
                Activation(.relu)
                Sequential {
                    Dense(5)
                    Dense(6)
                }
                Dense(7)
            }, input: [3], output: [3, 7],
            weights: [
                "dense_1.weight": [4, 3], "dense_1.bias": [4], "sequential_1.dense_1.weight": [5, 4],
                "sequential_1.dense_1.bias": [5],
                "sequential_1.dense_2.weight": [6, 5], "sequential_1.dense_2.bias": [6], "dense_2.weight": [7, 6],
                "dense_2.bias": [7],
            ], operators: ["Gemm", "Relu", "Gemm", "Gemm", "Gemm"]),
        LayerRow(
            note: "residual around an identity",
            network: Sequential { Residual { Convolution(channels: 2, kernel: 3, padding: .same, hasBias: false) } },
            input: [2, 4, 4],
            output: [3, 2, 4, 4], weights: ["residual_1.sequential_1.convolution_1.weight": [2, 2, 3, 3]],
            operators: ["Conv", "Add"]),
        LayerRow(
            note: "residual with a shortcut of its own",
            network: Sequential {
                Residual {
                    Convolution(channels: 6, kernel: 3, padding: .same, hasBias: false)
                } shortcut: {
                    Convolution(channels: 6, kernel: 1, hasBias: false)
                }
            }, input: [2, 4, 4], output: [3, 6, 4, 4],
            weights: [
                "residual_1.sequential_1.convolution_1.weight": [6, 2, 1, 1],
                "residual_1.sequential_2.convolution_1.weight": [6, 2, 3, 3],
            ], operators: ["Conv", "Conv", "Add"]),
        LayerRow(
            note: "a block with conditions and loops",
            network: Sequential {
                for units in [3, 4] { Dense(units) }
                if Bool(true) { Activation(.relu) }
                if Bool(false) { Dense(9) } else { Dense(2) }
            }, input: [5], output: [3, 2],
            weights: [
                "dense_1.weight": [3, 5], "dense_1.bias": [3], "dense_2.weight": [4, 3], "dense_2.bias": [4],
                "dense_3.weight": [2, 4],
                "dense_3.bias": [2],
            ], operators: ["Gemm", "Gemm", "Relu", "Gemm"]),
    ]

    private static func normalization(_ name: String, _ channels: Int) -> [String: Shape] {
        Dictionary(
            uniqueKeysWithValues: ["weight", "bias", "running_mean", "running_var"].map {
                ("\(name).\($0)", [channels])
            })
    }

    @Test("a layer has the weights, the operators and the output that it declares", arguments: rows)
    func layer(_ row: LayerRow) throws {
        // Behind what is tested stands a head, since a training ends in logits.
        let whole = Sequential {
            row.network
            Flatten()
            Dense(2)
        }
        let training = try Training.untrained(whole, input: row.input)
        let weights = training.state.tensors.filter { $0.key.hasPrefix("sequential_1.") }
        let shapes = Dictionary(
            uniqueKeysWithValues: weights.map { (String($0.key.dropFirst("sequential_1.".count)), $0.value.shape) })
        #expect(shapes == row.weights)
        let graph = try training.graph().bound(to: ["input": TensorType(.f32, Shape([3] + Array(row.input)))])
        #expect(graph.violations() == [])
        #expect(graph.nodes.dropLast(2).map { $0.operation.name } == row.operators)
        let last = graph.nodes.dropLast(2).last.map { $0.outputs[0] } ?? graph.inputs[0].value
        #expect(graph.type(of: last).shape == row.output)
        let output = try training.model().run(["input": Tensor(zeros: Shape([3] + Array(row.input)))])["output"]
        #expect(output?.shape == [3, 2])
    }

    @Test("a network that is one layer has names without a path") func singleLayer() throws {
        let training = try Training.untrained(Dense(3), input: [2])
        #expect(training.state.tensors.mapValues(\.shape) == ["weight": [3, 2], "bias": [3]])
    }

    @Test(
        "a layer refuses what it cannot take, with its own name",
        arguments: [
            (
                Sequential { Dense(3) }, [2, 4, 4],
                "dense_1 takes [N, in] or [N, T, in], not [1, 2, 4, 4]; put a Flatten before it"
            ),
            (
                Sequential {
                    Flatten()
                    Convolution(channels: 3, kernel: 3)
                }, [2, 4, 4],
                "convolution_1 takes images [N, C, H, W], not [1, 32]"
            ),
            (
                Sequential { Convolution(channels: 4, kernel: 3, groups: 2) }, [3, 4, 4],
                "convolution_1 takes 3 channels to 4; both must be multiples of its 2 groups"
            ),
            (
                Sequential { Convolution(channels: 3, kernel: 1, groups: 2) }, [2, 4, 4],
                "convolution_1 takes 2 channels to 3; both must be multiples of its 2 groups"
            ),
            (
                Sequential { Convolution(channels: 0, kernel: .init(3, 1)) }, [2, 4, 4],
                "convolution_1 has 0 channels in 1 groups and a kernel of 3×1; each must be at least 1"
            ),
            (Sequential { Dense(0) }, [4], "dense_1 has 0 units; it must have at least 1"),
            (Sequential { Dense(-2) }, [4], "dense_1 has -2 units; it must have at least 1"),
            (
                Sequential { BatchNormalization() }, [2, 4],
                "normalization_1 takes images [N, C, H, W] or rows [N, C], not [1, 2, 4]"
            ),
            (
                Sequential { Sequential { Residual { Dense(3) } } }, [2, 2, 2],
                "sequential_1.residual_1.sequential_1.dense_1 takes [N, in] or [N, T, in], not [1, 2, 2, 2]; put a Flatten before it"
            ),
            (Sequential { LSTM(3) }, [4], "lstm_1 takes sequences [N, T, in] of floats, not f32[1, 4]"),
            (
                Sequential { LSTM(3, layers: 0) }, [4, 2],
                "lstm_1 has 0 layers of 3 units; both must be at least 1"
            ),
            (
                Sequential { GRU(3, isBidirectional: true, carriesState: true) }, [4, 2],
                "gru_1 goes in both directions and carries its state; it can do one of them"
            ),
            (
                Sequential { Embedding(3, dimensions: 2) }, [4],
                "embedding_1 takes numbers of a vocabulary, i64 or i32, not f32"
            ),
            (
                Sequential { TabularEncoding(edges: [[0, 1]]) }, [2],
                "encoding_1 takes f32 [N, 1], not f32[1, 2]"
            ),
            (
                Sequential { TabularEncoding(edges: [[], [0, 0]]) }, [2],
                "encoding_1 has a piece from 0.0 to 0.0 in column 1"
            ),
            (
                Sequential { TabularEncoding(edges: [], categories: [.init(levels: 0, dimensions: 2)]) }, [1],
                "encoding_1 has 0 vectors of 2 dimensions"
            ),
            (Sequential { TabularEncoding(edges: [[1]]) }, [1], "encoding_1 has nothing to encode"),
            (Sequential { Dropout(1) }, [4], "node 'dropout_1' (Dropout): a rate of 1.0; it is at least 0 and below 1"),
            (
                Sequential { Dropout(-0.5) }, [4],
                "node 'dropout_1' (Dropout): a rate of -0.5; it is at least 0 and below 1"
            ),
        ] as [(Sequential, Shape, String)])
    func refusal(_ network: Sequential, _ input: Shape, _ text: String) {
        #expect(fault { _ = try Training.untrained(network, input: input) } == text)
    }

    @Test("pieces of numbers and vectors of levels are what the paper's equation says") func tabularEncoding() throws {
        let network = Sequential {
            TabularEncoding(edges: [[0, 1, 3], [-1, 1]], categories: [.init(levels: 3, dimensions: 2)])
        }
        let training = try Training.untrained(network, input: [3])
        let inputs: [Float] = [0.25, 0, 1, 2, -3, 0, 7, 0.5, 5]
        let outputs = try training.model().run(["input": Tensor(inputs, shape: [3, 3])])["output"]
        let vectors = try #require(training.state.tensors["encoding_1.category_1.weight"]).floats
        var wanted: [Float] = [-0.25, -0.5, 0]
        wanted += vectors[2..<4]
        wanted += [0.5, 0, -0.5]
        wanted += vectors[0..<2]
        wanted += [0.5, 0.5, 0.25, 0, 0]
        #expect(outputs?.floats == wanted)
    }

    @Test("a network that is one layer says so where it refuses") func singleLayerRefusal() {
        #expect(
            fault { _ = try Training.untrained(Dense(3), input: [2, 2, 2]) }
                == "the network takes [N, in] or [N, T, in], not [1, 2, 2, 2]; put a Flatten before it")
    }

    @Test("branches of a residual that differ are refused") func residualRefusal() {
        let text = fault {
            _ = try Training.untrained(Residual { Convolution(channels: 3, kernel: 1) }, input: [2, 4, 4])
        }
        #expect(text == "node 'Add_1' (Add): shapes [1, 3, 4, 4] and [1, 2, 4, 4] do not go together")
    }

    @Test("a network whose output is no row of logits is refused") func logitsRefusal() {
        let text = fault { _ = try Training.untrained(Convolution(channels: 3, kernel: 1), input: [2, 4, 4]) }
        #expect(text == "node 'loss' (SoftmaxCrossEntropy): logits has shape [1, 3, 4, 4]; 2 dimensions are needed")
    }
}
