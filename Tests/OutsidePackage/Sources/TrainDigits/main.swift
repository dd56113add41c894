import Engine
import ModelFiles
import NeuralNetworks

let network = Sequential {
    Convolution(channels: 16, kernel: 3, padding: .same)
    BatchNormalization()
    Activation(.relu)
    MaxPooling(2)
    Flatten()
    Dense(10)
}
var training = try Training(
    network, input: [1, 28, 28], loss: .softmaxCrossEntropy, optimizer: .adamW(weightDecay: 1e-4),
    schedule: .cosine(peak: 3e-3, warmUp: 100, steps: 2_000), seed: 1)
for _ in 1...5 {
    let epoch = try training.epoch(over: digits, batchSize: 64)  // digits: any Dataset
    print("loss \(epoch.loss), accuracy \(try training.evaluate(heldOut).accuracy)")
}
try training.model(metadata: ["task": "digits"]).write(toONNX: "digits.onnx")
