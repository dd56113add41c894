/// What Tab makes of the beginning of a line.
struct Completion {
    private let candidates: [String]

    /// What the editor does.
    struct Answer: Equatable {
        /// What to insert, perhaps nothing.
        var insertion: String
        /// Between what there is to choose, if nothing can be inserted.
        var choices: [String] = []
    }

    init(_ candidates: [String]) { self.candidates = candidates.sorted() }

    /// Completes what stands before the cursor, and adds a space when nothing else can follow; nil where no candidate fits.
    func answer(to typed: String) -> Answer? {
        let fitting = candidates.filter { $0.hasPrefix(typed) }
        guard let first = fitting.first, !typed.isEmpty else { return nil }
        if fitting.count == 1 { return Answer(insertion: first.dropFirst(typed.count) + " ") }
        let common = fitting.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        if common.count > typed.count { return Answer(insertion: String(common.dropFirst(typed.count))) }
        return Answer(insertion: "", choices: fitting)
    }
}

extension String {
    /// The characters with which both begin.
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
