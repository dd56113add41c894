/// Pairs of vectors whose people are known, for calibration.
enum FacePairs {
    struct Vector: Hashable, Sendable {
        var person: Int
        /// At a length of 1.
        var numbers: [Float]
    }

    /// So many pairs are told by a part of them: more say little more.
    private static let most = 2_000_000

    /// All pairs of a photo and another vector.
    ///
    /// - Parameter kinds: whether pairs of one person, of two, or of both are taken.
    static func pairs(
        of photos: [Vector], with others: [Vector], taking kinds: Set<Bool> = [true, false]
    ) -> [VerificationFigures.Pair] {
        var pairs: [VerificationFigures.Pair] = [], number = 0
        let step = max(1, photos.count * others.count / most)
        for photo in photos {
            for other in others {
                let isSame = photo.person == other.person
                guard kinds.contains(isSame) else { continue }
                number += 1
                guard isSame || number % step == 0 else { continue }
                let distance = FaceEmbedder.distance(photo.numbers, other.numbers)
                pairs.append(.init(distance: distance, isSame: isSame))
            }
        }
        return pairs
    }
}
