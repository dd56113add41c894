internal import CKernels

/// What the weights of a matrix product are kept as, where that is less than floats.
package enum NarrowForm: String, Hashable, Sendable {
    /// 16 bits, multiplied as the floats that they are.
    case f16, bf16
    /// Integers of a unit for each column; rows become integers of a unit of their own for the product, whose sums are exact.
    case i8

    /// The form of weights of an element type; nil where that is none of weights, or floats.
    package init?(_ elementType: ElementType) {
        switch elementType {
        case .f16: self = .f16
        case .bf16: self = .bf16
        case .i8: self = .i8
        case .f32, .u8, .i32, .i64, .bool: return nil
        }
    }

    /// Longest sums: those of integers must fit into 32 bits.
    package static let mostDepth = 1 << 16

    fileprivate var raw: engram_narrow {
        switch self {
        case .f16: ENGRAM_F16
        case .bf16: ENGRAM_BF16
        case .i8: ENGRAM_I8
        }
    }
}

/// Panels of narrow weights.
extension KernelSet {
    /// Bytes that a matrix takes in narrow panels.
    package func narrowByteCount(_ form: NarrowForm, depth: Int, columns: Int) -> Int {
        unsafe Int(table.pointee.narrow_panel_bytes(form.raw, depth)) * Int(table.pointee.panel_count(columns))
    }

    /// Packs a matrix of floats, which are numbers of the narrow form, into the panels that a product of that form reads.
    ///
    /// - Parameters:
    ///   - scales: of integers, a column's unit each.
    ///   - temporary: `packedCount` floats.
    package func packNarrow(
        _ form: NarrowForm, _ layout: WeightLayout, _ source: Region, scales: Region?, temporary: Region,
        into panels: Region
    ) -> [Job] {
        let (depth, columns) = (layout.depth, layout.columns)
        precondition(panels.byteCount >= narrowByteCount(form, depth: depth, columns: columns))
        precondition(form != .i8 || (scales?.floatCount ?? 0) >= columns && depth <= NarrowForm.mostDepth)
        let count = unsafe Int(table.pointee.panel_count(columns))
        return [
            pack(layout, source, into: temporary),
            cut("pack_\(form.rawValue)_\(instructionSet)", count, cost: depth * 32, grain: 65_536) {
                [self] workspace, first, last, _ in
                unsafe table.pointee.narrow_pack(
                    form.raw, depth, columns, workspace.pointer(temporary), scales.map { unsafe workspace.pointer($0) },
                    workspace.pointer(panels, as: UInt8.self), first, last)
            },
        ]
    }

    /// The product of a window with narrow weights.
    func matrixProduct(_ form: NarrowForm) -> WindowProduct {
        switch form {
        case .f16: unsafe table.pointee.matrix_product_f16
        case .bf16: unsafe table.pointee.matrix_product_bf16
        case .i8: unsafe table.pointee.matrix_product_i8
        }
    }
}
