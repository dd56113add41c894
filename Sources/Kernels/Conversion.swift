internal import CKernels

extension KernelSet {
    /// y = x in another element type: floats to integers towards zero, saturating, NaN to 0; integers to narrower ones by their lower
    /// bits; to bool whether x ≠ 0.
    ///
    /// - Parameter temporary: gives memory of so many bytes, for what goes by way of `f32`.
    package func convert(
        _ x: Region, from: ElementType, to y: Region, of type: ElementType, temporary: (Int) -> Region
    ) -> [Job] {
        if from == type { return [copy(x, to: y)] }
        let count = x.byteCount / from.byteCount
        if let direct = converted(x, from: from, to: y, of: type, count) { return [direct] }
        let floats = temporary(count * 4)
        return [
            converted(x, from: from, to: floats, of: .f32, count),
            converted(floats, from: .f32, to: y, of: type, count),
        ].compactMap { $0 }
    }

    private func converted(_ x: Region, from: ElementType, to y: Region, of type: ElementType, _ count: Int) -> Job? {
        switch (from, type) {
        case (.f32, .f16): unsafe job(x, y, count) { unsafe table.pointee.convert_f32_to_f16($0, $1, $2) }
        case (.f32, .bf16): unsafe job(x, y, count) { unsafe table.pointee.convert_f32_to_bf16($0, $1, $2) }
        case (.f32, .i8): unsafe job(x, y, count) { unsafe table.pointee.convert_f32_to_i8($0, $1, $2) }
        case (.f32, .u8): unsafe job(x, y, count) { unsafe table.pointee.convert_f32_to_u8($0, $1, $2) }
        case (.f32, .i32): unsafe job(x, y, count) { unsafe table.pointee.convert_f32_to_i32($0, $1, $2) }
        case (.f32, .i64): unsafe job(x, y, count) { unsafe table.pointee.convert_f32_to_i64($0, $1, $2) }
        case (.f32, .bool): unsafe job(x, y, count) { unsafe table.pointee.convert_f32_to_bool($0, $1, $2) }
        case (.f16, .f32): unsafe job(x, y, count) { unsafe table.pointee.convert_f16_to_f32($0, $1, $2) }
        case (.bf16, .f32): unsafe job(x, y, count) { unsafe table.pointee.convert_bf16_to_f32($0, $1, $2) }
        case (.i8, .f32): unsafe job(x, y, count) { unsafe table.pointee.convert_i8_to_f32($0, $1, $2) }
        case (.u8, .f32): unsafe job(x, y, count) { unsafe table.pointee.convert_u8_to_f32($0, $1, $2) }
        case (.i32, .f32): unsafe job(x, y, count) { unsafe table.pointee.convert_i32_to_f32($0, $1, $2) }
        case (.i64, .f32): unsafe job(x, y, count) { unsafe table.pointee.convert_i64_to_f32($0, $1, $2) }
        case (.bool, .f32): unsafe job(x, y, count) { unsafe table.pointee.convert_bool_to_f32($0, $1, $2) }
        case (.i8, _): integers(from: Int8.self, x, y, type, count)
        case (.u8, _), (.bool, _): integers(from: UInt8.self, x, y, type, count)
        case (.i32, _): integers(from: Int32.self, x, y, type, count)
        case (.i64, _): integers(from: Int64.self, x, y, type, count)
        case (.f32, _), (.f16, _), (.bf16, _): nil
        }
    }

    private func job<From: BitwiseCopyable & SendableMetatype, To: BitwiseCopyable & SendableMetatype>(
        _ x: Region, _ y: Region, _ count: Int,
        _ function: @escaping @Sendable (Int, UnsafeMutablePointer<From>, UnsafeMutablePointer<To>) -> Void
    ) -> Job {
        cut("convert_\(instructionSet)", count) { workspace, first, last, _ in
            unsafe function(
                last - first, workspace.pointer(x, as: From.self) + first, workspace.pointer(y, as: To.self) + first)
        }
    }

    private func integers<From: FixedWidthInteger & BitwiseCopyable & SendableMetatype>(
        from: From.Type, _ x: Region, _ y: Region, _ type: ElementType, _ count: Int
    ) -> Job? {
        switch type {
        case .i8: integers(from, Int8.self, x, y, count)
        case .u8: integers(from, UInt8.self, x, y, count)
        case .i32: integers(from, Int32.self, x, y, count)
        case .i64: integers(from, Int64.self, x, y, count)
        case .bool:
            cut("convert", count) { workspace, first, last, _ in
                let x = unsafe workspace.pointer(x, as: From.self), y = unsafe workspace.pointer(y, as: UInt8.self)
                for place in first..<last { unsafe y[place] = x[place] == 0 ? 0 : 1 }
            }
        case .f32, .f16, .bf16: nil
        }
    }

    private func integers<
        From: FixedWidthInteger & BitwiseCopyable & SendableMetatype,
        To: FixedWidthInteger & BitwiseCopyable & SendableMetatype
    >(
        _: From.Type, _: To.Type, _ x: Region, _ y: Region, _ count: Int
    ) -> Job {
        cut("convert", count) { workspace, first, last, _ in
            let x = unsafe workspace.pointer(x, as: From.self), y = unsafe workspace.pointer(y, as: To.self)
            for place in first..<last { unsafe y[place] = To(truncatingIfNeeded: x[place]) }
        }
    }
}
