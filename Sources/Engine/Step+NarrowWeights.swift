internal import Kernels

/// Packed weights of matrices, as floats or in fewer bits.
struct MatrixPanels {
    let regions: [Region]
    /// nil for floats.
    let narrow: NarrowForm?
}

extension Step {
    /// Most rows of a product that meet halves as they lie in memory; the products of more are bound by arithmetic, and their weights become floats
    /// once, for the same bits. Integers stay integers, so that no answer depends on its company.
    static let mostNarrowRows = 32

    /// In what form the weights of input `index` meet so many rows; nil for floats.
    func narrowForm(_ index: Int, rows: Int) -> NarrowForm? {
        guard let form = (inputs[index]?.narrow).flatMap({ NarrowForm($0.numbers.elementType) }) else { return nil }
        return form == .i8 || rows <= Self.mostNarrowRows ? form : nil
    }

    /// An input's weights as each layout packs them for products with so many rows.
    mutating func matrixPanels(_ index: Int, _ layouts: [WeightLayout], rows: Int, purpose: String)
        throws(GraphError) -> MatrixPanels
    {
        guard let form = narrowForm(index, rows: rows), let narrow = inputs[index]?.narrow else {
            return MatrixPanels(regions: try packed(index, layouts, purpose: purpose), narrow: nil)
        }
        let kernels = kernels
        let bytes = layouts.map { kernels.narrowByteCount(form, depth: $0.depth, columns: $0.columns) }
        func parts(_ whole: Region) -> [Region] {
            var offset = 0
            return bytes.map { count in
                defer { offset += count }
                return whole.part(offset: offset, byteCount: count)
            }
        }
        return MatrixPanels(
            regions: parts(
                try prepared(index, purpose: "\(form.rawValue) \(purpose)", byteCount: bytes.reduce(0, +)) { _, whole in
                    let source = Region(narrow.unscaledFloats.storage)
                    return zip(layouts, parts(whole)).flatMap { layout, panels in
                        let scales = narrow.scales(
                            from: layout.offset, stride: layout.columnStride, count: layout.columns)
                        return kernels.packNarrow(
                            form, layout, source, scales: scales.map { Region(Storage(copying: $0)) },
                            temporary: Region(Storage(byteCount: kernels.packedCount(layout) * 4)), into: panels)
                    }
                }), narrow: form)
    }
}
