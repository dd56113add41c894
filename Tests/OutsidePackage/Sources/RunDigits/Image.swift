import Engine

/// A one, in the middle.
let image = Tensor(
    (0..<28 * 28).map { (6..<22).contains($0 / 28) && (13..<15).contains($0 % 28) ? 1 : 0 }, shape: [1, 1, 28, 28])
