import Engine

/// The elements of a `.npy` file on their way to a tensor: bytes turned to little endian, elements to C order, types to ours.
struct NPYData {
    let header: NPYHeader
    var bytes: [UInt8]

    /// - Precondition: `bytes` are as many as the header says.
    init(header: NPYHeader, bytes: [UInt8]) {
        self.header = header
        self.bytes = bytes
        if header.isBigEndian { reverseEachElement() }
        if header.isFortranOrder, header.shape.rank > 1 { reorder() }
    }

    func tensor() throws(Fault) -> Tensor { try header.element.tensor(bytes, shape: header.shape) }

    private mutating func reverseEachElement() {
        let width = header.element.byteCount
        for start in stride(from: 0, to: bytes.count, by: width) {
            for place in 0..<width / 2 { bytes.swapAt(start + place, start + width - 1 - place) }
        }
    }

    /// Brings elements whose first index runs fastest into the order where the last one does.
    private mutating func reorder() {
        let shape = Array(header.shape), width = header.element.byteCount
        var strides = Array(repeating: width, count: shape.count)
        for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }

        var ordered: [UInt8] = []
        ordered.reserveCapacity(bytes.count)
        var index = Array(repeating: 0, count: shape.count), source = 0
        while ordered.count < bytes.count {
            for byte in 0..<width { ordered.append(bytes[source + byte]) }
            // The next index in C order, and where its element lies.
            for axis in shape.indices.reversed() {
                index[axis] += 1
                source += strides[axis]
                if index[axis] < shape[axis] { break }
                source -= shape[axis] * strides[axis]
                index[axis] = 0
            }
        }
        bytes = ordered
    }
}
