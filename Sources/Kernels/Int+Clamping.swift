extension Int {
    /// The product of sizes, which are 0 or more; the largest `Int` where it is more. Counts of work need no more, and must not trap on what
    /// a file makes up.
    package static func clampedProduct(_ factors: Int...) -> Int {
        factors.reduce(1) { product, factor in
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            return overflow ? .max : next
        }
    }
}
