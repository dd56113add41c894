internal import Engine
internal import NeuralNetworks

/// Rows to learn from: an epoch has each fraud and a share of the rest, another one each time until all have been had.
struct FraudDataset: Dataset {
    private let inputs: Tensor
    private let frauds, genuine: [Int]
    private let genuineCount: Int

    var count: Int { frauds.count + genuineCount }

    /// - Parameters:
    ///   - inputs: of the rows, f32 `[N, width]`.
    ///   - isFraud: of each.
    init(inputs: Tensor, isFraud: [Bool], genuineShare: Double) {
        self.inputs = inputs
        frauds = isFraud.indices.filter { isFraud[$0] }
        genuine = isFraud.indices.filter { !isFraud[$0] }
        genuineCount = min(genuine.count, Int((Double(genuine.count) * genuineShare).rounded(.up)))
    }

    func batch(_ indices: [Int], epoch: Int?, seed: UInt64) throws -> Batch {
        let rows = indices.map { index in
            if index < frauds.count { return frauds[index] }
            let place = (epoch ?? 0) * genuineCount + index - frauds.count
            return genuine[Self.scattered(place % genuine.count, of: genuine.count, seed: seed)]
        }
        let targets = indices.map { $0 < frauds.count ? 1 : 0 as Float }
        return Batch(inputs: inputs.rows(rows), targets: Tensor(targets, shape: [targets.count]))
    }

    /// Where a place goes in an order that the seed decides.
    ///
    /// Every place goes to another: multiplying by a number without common factor is a permutation (Knuth 1997, 3.2.1.2).
    private static func scattered(_ place: Int, of count: Int, seed: UInt64) -> Int {
        var factor = max(Int(Double(count) * 0.618_033_988_749_894_9), 1) + Int(seed % 1_000)
        func hasCommonFactor(_ a: Int, _ b: Int) -> Bool { b == 0 ? a > 1 : hasCommonFactor(b, a % b) }
        while hasCommonFactor(count, factor) { factor += 1 }
        return Int((UInt64(place) * UInt64(factor)) % UInt64(count))
    }
}
