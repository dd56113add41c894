internal import Glibc

extension ArraySlice<Float> {
    /// The logarithm of the probability that logits give to one of their places, ln softmax, in double.
    func logProbability(of place: Int) -> Double {
        let greatest = Double(self.max() ?? 0)
        let sum = reduce(0.0) { $0 + exp(Double($1) - greatest) }
        return Double(self[startIndex + place]) - greatest - log(sum)
    }
}
