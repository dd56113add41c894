/// Embeddings, one behind the other, to be held against one at a time.
package struct EmbeddingMatrix: Sendable {
    package private(set) var count = 0
    /// Of an embedding.
    package let length: Int
    private let blocks: Int
    /// Filled up with zeros to whole blocks.
    private var rows: [SIMD16<Float>] = []

    /// - Parameter length: of an embedding.
    package init(length: Int) {
        self.length = length
        blocks = (length + 15) / 16
    }

    /// Adds an embedding.
    ///
    /// - Precondition: of the matrix's length.
    package mutating func append(_ embedding: [Float]) {
        precondition(embedding.count == length, "\(embedding.count) numbers for a matrix of \(length)")
        rows += blocks(of: embedding)
        count += 1
    }

    private func blocks(of embedding: [Float]) -> [SIMD16<Float>] {
        (0..<blocks).map { block in
            var numbers = SIMD16<Float>.zero
            for place in 0..<min(16, length - block * 16) { numbers[place] = embedding[block * 16 + place] }
            return numbers
        }
    }

    /// The distances of an embedding from each of some rows.
    ///
    /// - Precondition: of the matrix's length; the rows are there.
    package func distances(from embedding: [Float], to range: Range<Int>? = nil) -> [Float] {
        precondition(embedding.count == length, "\(embedding.count) numbers for a matrix of \(length)")
        let query = blocks(of: embedding), range = range ?? 0..<count
        return range.map { row in
            var sums = SIMD16<Float>.zero
            let start = row * blocks
            for block in 0..<blocks {
                let difference = rows[start + block] - query[block]
                sums += difference * difference
            }
            return sums.sum().squareRoot()
        }
    }

    /// The products of a row with all rows.
    func products(with row: Int) -> [Float] {
        let start = row * blocks
        return (0..<count).map { other in
            var sums = SIMD16<Float>.zero
            for block in 0..<blocks { sums += rows[start + block] * rows[other * blocks + block] }
            return sums.sum()
        }
    }

    /// Makes a row the mean of itself and another one.
    mutating func average(_ row: Int, weight: Float, with other: Int, weight otherWeight: Float) {
        let share = otherWeight / (weight + otherWeight)
        for block in 0..<blocks {
            rows[row * blocks + block] += (rows[other * blocks + block] - rows[row * blocks + block]) * share
        }
    }
}
