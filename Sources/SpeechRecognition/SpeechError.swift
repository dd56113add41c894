/// Why something that a user asked for cannot be done: one line that names the file, the place in it, the fault, and
/// what to do.
package struct SpeechError: Error, Hashable, CustomStringConvertible {
    package var file: String
    /// A line, a key, a tensor.
    package var place: String?
    package var fault: String
    package var remedy: String?

    package init(_ file: String, place: String? = nil, _ fault: String, remedy: String? = nil) {
        self.file = file
        self.place = place
        self.fault = fault
        self.remedy = remedy
    }

    package var description: String {
        file + ": " + (place.map { $0 + ": " } ?? "") + fault + (remedy.map { "; " + $0 } ?? "")
    }
}
