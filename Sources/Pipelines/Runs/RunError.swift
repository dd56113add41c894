/// Why a training run cannot begin, go on, or end.
package struct RunError: Error, Hashable, CustomStringConvertible {
    /// The run's folder, or a file in it.
    package var file: String
    package var fault: String
    /// What can be done.
    package var remedy: String?

    package init(_ file: String, _ fault: String, remedy: String? = nil) {
        self.file = file
        self.fault = fault
        self.remedy = remedy
    }

    package var description: String { "\(file): \(fault)" + (remedy.map { "; \($0)" } ?? "") }
}
