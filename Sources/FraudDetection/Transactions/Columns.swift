package import Pipelines
internal import Tables

/// Which columns of a table say what: a row is a transaction, or whatever else is to be scored.
package struct Columns: RecipePart {
    /// Tells rows apart, letter for letter; empty where rows have no name, and their line stands for it.
    package var id = ""
    /// When it was; empty where history plays no part.
    package var time = ""
    /// What was paid; empty for none.
    package var amount = ""
    /// What amounts may be.
    package var amountLimits = [0, 1e9]
    /// Whose history counts, by name and column: `{card: CUSTOMER_ID, terminal: TERMINAL_ID}`.
    package var keys: [String: String] = [:]
    /// Other numbers.
    package var numbers: [String] = []
    /// Other texts, or numbers that stand for texts: each value is learned by itself.
    package var categories: [String] = []
    /// What is learned: 1 or 0.
    package var label = ""

    package init() {}

    package func validate() throws(RecipeFault) {
        guard amountLimits.count == 2, amountLimits[0] >= 0, amountLimits[0] < amountLimits[1] else {
            throw RecipeFault(
                "amount_limits", is: "\(amountLimits)", accepted: "are two amounts, the lower first, such as [0, 1e9]")
        }
        if !keys.isEmpty, time.isEmpty || amount.isEmpty {
            throw RecipeFault("keys", "keys have a history", remedy: "name the columns of time and amount")
        }
        for name in keys.keys where name.isEmpty || name.contains(where: { !$0.isLetter && !$0.isNumber }) {
            throw RecipeFault("keys", is: name, accepted: "are names of letters and digits")
        }
        let all = named
        if let twice = Dictionary(grouping: all, by: { $0 }).first(where: { $0.value.count > 1 })?.key {
            throw RecipeFault(nil, "the column '\(twice)' is named twice")
        }
    }

    /// An amount, where it can be one.
    ///
    /// - Throws: `FieldFault` where it is outside of the limits.
    func checked(amount: Double) throws(FieldFault) -> Double {
        guard amount >= amountLimits[0], amount <= amountLimits[1] else {
            throw FieldFault("'\(amount)' is no amount from \(amountLimits[0]) to \(amountLimits[1])")
        }
        return amount
    }

    /// The names of keys in the order in which transactions have them.
    package var keyNames: [String] { keys.keys.sorted() }

    /// All columns that are named.
    private var named: [String] {
        ([id, time, amount, label] + keyNames.compactMap { keys[$0] } + numbers + categories).filter { !$0.isEmpty }
    }
}
