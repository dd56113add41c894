/// The operators, by ONNX's names; a layer of the same name lives in NeuralNetworks.
public enum Operators {}
