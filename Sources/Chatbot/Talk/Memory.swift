package import Engine

/// What a network remembers of a text, and what it expects to come next.
package struct Memory: Sendable {
    /// One row.
    package fileprivate(set) var state: CharacterModel.State
    /// Of the character that follows.
    package fileprivate(set) var logits: [Float]
}

extension CharacterModel {
    /// Characters that are read at once: few sizes, since each has a plan of its own.
    private static let strides = [64, 8, 1]

    /// Reads numbers after what is remembered; nil for nothing.
    ///
    /// - Precondition: there are numbers, or something is remembered.
    package func read(_ numbers: [Int64], after memory: Memory?) throws(GraphError) -> Memory {
        var memory = memory ?? Memory(state: emptyState(rows: 1), logits: [])
        var place = 0
        while place < numbers.count {
            let count = Self.strides.first { $0 <= numbers.count - place } ?? 1
            let logits = try run(Tensor(Array(numbers[place..<place + count]), shape: [1, count]), &memory.state)
            memory.logits = Array(logits.suffix(code.outputs))
            place += count
        }
        return memory
    }
}
