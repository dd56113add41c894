/// A picture of numbers.
package protocol Chart {
    /// The picture.
    func drawn() throws(ChartError) -> Canvas
}

extension Chart {
    /// Writes the picture as a PNG file, which is whole whenever it is there.
    package func write(toPNG path: String) throws(ChartError) {
        do { try drawn().write(toPNG: path) } catch { throw ChartError(file: path, fault: error.fault) }
    }
}
