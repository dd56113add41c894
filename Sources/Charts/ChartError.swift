/// Why a picture could not be drawn or written.
package struct ChartError: Error, Hashable, CustomStringConvertible {
    /// The file that was to be written, or `nil` where the drawing itself failed.
    package var file: String?
    /// What is wrong.
    package var fault: String

    package init(file: String? = nil, fault: String) {
        self.file = file
        self.fault = fault
    }

    package var description: String { file.map { "\($0): \(fault)" } ?? fault }
}
