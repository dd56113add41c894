internal import Kernels
internal import Synchronization

/// Weights in the form that kernels read, made once and shared by all plans of a model.
package final class WeightCache: Sendable {
    private struct Key: Hashable {
        let weights: ObjectIdentifier
        let purpose: String
    }
    /// The weights are kept too, so that their identity stays theirs.
    private let entries = Mutex<[Key: (weights: any AnyObject & Sendable, storage: Storage)]>([:])

    package init() {}

    /// What `make` makes of the weights for a purpose; it is called the first time.
    ///
    /// - Parameter weights: the object that they are known by, a tensor's storage or a stored tensor.
    func storage(
        for weights: any AnyObject & Sendable, purpose: String, make: () throws(GraphError) -> Storage
    ) throws(GraphError) -> Storage {
        let key = Key(weights: ObjectIdentifier(weights), purpose: purpose)
        return try entries.withLock { entries throws(GraphError) in
            if let known = entries[key] { return known.storage }
            let storage = try make()
            entries[key] = (weights, storage)
            return storage
        }
    }

    /// Bytes that the packed weights take.
    package var byteCount: Int { entries.withLock { $0.values.reduce(0) { $0 + $1.storage.byteCount } } }
}
