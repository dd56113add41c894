/// What a file may ask for at most, so that a small file cannot fill the memory.
package struct ImageLimits: Hashable, Sendable {
    /// Width times height.
    package var pixels = 250_000_000
    /// Of the file.
    package var bytes = 1 << 30

    package init() {}
}
