import ArgumentParser

/// What `--batch` may be.
enum BatchSize {
    private static let most = 65_536

    static func validate(_ size: Int) throws {
        guard (1...most).contains(size) else {
            throw ValidationError("--batch is \(size); it must be at least 1 and at most \(most)")
        }
    }
}
