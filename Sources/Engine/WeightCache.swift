internal import Kernels
internal import Synchronization

/// Weights in the form that kernels read, made once and shared by all plans of a model.
package final class WeightCache: Sendable {
    private struct Key: Hashable {
        let weights: ObjectIdentifier
        let purpose: String
    }
    /// The weights are kept too, so that their identity stays theirs.
    private let entries = Mutex<[Key: (weights: Tensor, storage: Storage)]>([:])

    package init() {}

    /// What `make` makes of the weights for a purpose; it is called the first time.
    func storage(for weights: Tensor, purpose: String, make: () -> Storage) -> Storage {
        let key = Key(weights: ObjectIdentifier(weights.storage), purpose: purpose)
        return entries.withLock { entries in
            if let known = entries[key] { return known.storage }
            let storage = make()
            entries[key] = (weights, storage)
            return storage
        }
    }

    /// Bytes that the packed weights take.
    package var byteCount: Int { entries.withLock { $0.values.reduce(0) { $0 + $1.storage.byteCount } } }
}
