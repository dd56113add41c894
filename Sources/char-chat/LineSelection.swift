import ArgumentParser

/// Lines whose number, from 0, leaves a remainder, as options say it: `20,7` is every twentieth from the eighth on.
struct LineSelection: ExpressibleByArgument {
    let pair: (modulus: Int, remainder: Int)

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let modulus = numbers[0], let remainder = numbers[1], modulus > 0,
            (0..<modulus).contains(remainder)
        else { return nil }
        pair = (modulus, remainder)
    }
}
