import Engine
import ModelFiles

let model = try Model(contentsOf: "digits.onnx")  // safe to share between threads
let scores = try model.run(["input": image])["output"]  // tensors in, tensors out
