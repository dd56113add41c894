/// Why something that a user asked for cannot be done: one line that names the file, the fault, and what to do.
package struct ChatError: Error, Hashable, CustomStringConvertible {
    package var file: String
    package var fault: String
    package var remedy: String?

    package init(_ file: String, _ fault: String, remedy: String? = nil) {
        self.file = file
        self.fault = fault
        self.remedy = remedy
    }

    package var description: String { "\(file): \(fault)" + (remedy.map { "; " + $0 } ?? "") }
}
