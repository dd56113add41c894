/// A payment, or whatever else is to be scored: a row of a table.
package struct Transaction: Hashable, Sendable {
    /// Letter for letter.
    package var id = ""
    /// In microseconds, as `Timestamp` has them; 0 where the recipe knows no time.
    package var time: Int64 = 0
    /// What was paid; 0 where the recipe knows no amount.
    package var amount = 0.0
    /// A card, a terminal, …: in the recipe's order; empty where the row has none.
    package var keys: [String] = []
    /// Other numbers, in the recipe's order; NaN where the row has none.
    package var numbers: [Double] = []
    /// Other texts, in the recipe's order; empty where the row has none.
    package var categories: [String] = []
    package var label = Label.unknown

    package init() {}
}
