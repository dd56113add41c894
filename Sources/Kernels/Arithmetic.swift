internal import CKernels
internal import Glibc

/// Arithmetic on two operands. Integers wrap around; divided by 0 they give 0.
package enum Arithmetic: String, Hashable, Sendable, CaseIterable {
    case add, subtract, multiply, divide, power, minimum, maximum
    /// What is left of a division: with the sign of the dividend, or with that of the divisor.
    case remainder, modulo
}

/// A comparison of two numbers. None of them holds for NaN.
package enum Comparison: String, Hashable, Sendable, CaseIterable {
    case equal, greater, greaterOrEqual, less, lessOrEqual
}

/// What two truth values make.
package enum Logic: String, Hashable, Sendable, CaseIterable {
    case and, or, xor
}

/// What is done to the sign of an integer.
package enum IntegerSign: String, Hashable, Sendable, CaseIterable {
    case negated, dropped
}

extension KernelSet {
    /// y = a op b, each operand repeated along dimensions; y may be an operand that is not.
    ///
    /// - Parameter type: of all three: `f32`, `i32` or `i64`.
    package func arithmetic(
        _ operation: Arithmetic, of type: ElementType = .f32, _ a: Region, _ b: Region, _ broadcast: Broadcast,
        to y: Region
    ) -> Job {
        let name = "\(operation)_broadcast"
        switch (type, operation) {
        case (.f32, .add): return unsafe floats(table.pointee.add_broadcast_f32, name, a, b, broadcast, to: y)
        case (.f32, .subtract): return unsafe floats(table.pointee.subtract_broadcast_f32, name, a, b, broadcast, to: y)
        case (.f32, .multiply): return unsafe floats(table.pointee.multiply_broadcast_f32, name, a, b, broadcast, to: y)
        case (.f32, .divide): return unsafe floats(table.pointee.divide_broadcast_f32, name, a, b, broadcast, to: y)
        case (.f32, .power): return combined(name, a, b, broadcast, to: y) { (a: Float, b: Float) in power(a, b) }
        case (.f32, .minimum): return combined(name, a, b, broadcast, to: y) { (a: Float, b: Float) in lesser(a, b) }
        case (.f32, .maximum): return combined(name, a, b, broadcast, to: y) { (a: Float, b: Float) in greater(a, b) }
        case (.f32, .remainder):
            return combined(name, a, b, broadcast, to: y) { (a: Float, b: Float) in a.truncatingRemainder(dividingBy: b)
            }
        case (.f32, .modulo): return combined(name, a, b, broadcast, to: y) { (a: Float, b: Float) in modulo(a, b) }
        case (.i32, _): return integers(operation, Int32.self, name, a, b, broadcast, to: y)
        case (.i64, _): return integers(operation, Int64.self, name, a, b, broadcast, to: y)
        case (.f16, _), (.bf16, _), (.i8, _), (.u8, _), (.bool, _):
            preconditionFailure("arithmetic on elements \(type)")
        }
    }

    /// y = a op b on floats in regions of the same size; y may be a or b.
    package func arithmetic(_ operation: Arithmetic, _ a: Region, _ b: Region, to y: Region) -> Job {
        precondition(a.floatCount == y.floatCount && b.floatCount == y.floatCount)
        let function: FlatFunction
        switch operation {
        case .add: unsafe function = table.pointee.add_f32
        case .subtract: unsafe function = table.pointee.subtract_f32
        case .multiply: unsafe function = table.pointee.multiply_f32
        case .divide: unsafe function = table.pointee.divide_f32
        case .power, .minimum, .maximum, .remainder, .modulo:
            return arithmetic(operation, a, b, Broadcast(sizes: [y.floatCount], strides: [[1], [1]]), to: y)
        }
        return cut("\(operation)_\(instructionSet)", y.floatCount) { workspace, first, last, _ in
            unsafe function(
                last - first, workspace.pointer(a) + first, workspace.pointer(b) + first, workspace.pointer(y) + first)
        }
    }

    /// y (bool) = whether the comparison holds.
    ///
    /// - Parameter type: of the operands: any but `f16` and `bf16`.
    package func comparison(
        _ comparison: Comparison, of type: ElementType, _ a: Region, _ b: Region, _ broadcast: Broadcast, to y: Region
    ) -> Job {
        let name = "\(comparison)_\(type)"
        return switch type {
        case .f32: compared(comparison, Float.self, name, a, b, broadcast, to: y)
        case .i32: compared(comparison, Int32.self, name, a, b, broadcast, to: y)
        case .i64: compared(comparison, Int64.self, name, a, b, broadcast, to: y)
        case .i8: compared(comparison, Int8.self, name, a, b, broadcast, to: y)
        case .u8, .bool: compared(comparison, UInt8.self, name, a, b, broadcast, to: y)
        case .f16, .bf16: preconditionFailure("a comparison of elements \(type)")
        }
    }

    /// y = a op b on truth values.
    package func logic(_ logic: Logic, _ a: Region, _ b: Region, _ broadcast: Broadcast, to y: Region) -> Job {
        let name = "\(logic)"
        return switch logic {
        case .and: combined(name, a, b, broadcast, to: y) { (a: UInt8, b: UInt8) in a != 0 && b != 0 ? 1 : 0 as UInt8 }
        case .or: combined(name, a, b, broadcast, to: y) { (a: UInt8, b: UInt8) in a != 0 || b != 0 ? 1 : 0 as UInt8 }
        case .xor:
            combined(name, a, b, broadcast, to: y) { (a: UInt8, b: UInt8) in (a != 0) != (b != 0) ? 1 : 0 as UInt8 }
        }
    }

    /// y = condition ? a : b, each operand repeated along dimensions.
    ///
    /// - Parameter broadcast: of condition (bool), a, and b.
    package func choose(
        _ condition: Region, _ a: Region, _ b: Region, _ broadcast: Broadcast, elementBytes: Int, to y: Region
    ) -> Job {
        switch elementBytes {
        case 1: chosen(UInt8.self, condition, a, b, broadcast, to: y)
        case 2: chosen(UInt16.self, condition, a, b, broadcast, to: y)
        case 4: chosen(UInt32.self, condition, a, b, broadcast, to: y)
        default: chosen(UInt64.self, condition, a, b, broadcast, to: y)
        }
    }

    /// y = −x or |x| of integers; that of the least one is itself.
    ///
    /// - Parameter type: `i32` or `i64`.
    package func sign(_ sign: IntegerSign, of type: ElementType, _ x: Region, to y: Region) -> Job {
        switch type {
        case .i32: signed(sign, Int32.self, x, to: y)
        case .i64: signed(sign, Int64.self, x, to: y)
        case .f32, .f16, .bf16, .i8, .u8, .bool: preconditionFailure("signs of elements \(type)")
        }
    }

    /// y = not x, on truth values.
    package func not(_ x: Region, to y: Region) -> Job {
        cut("not", x.byteCount) { workspace, first, last, _ in
            let from = unsafe workspace.pointer(x, as: UInt8.self), to = unsafe workspace.pointer(y, as: UInt8.self)
            for place in first..<last { unsafe to[place] = from[place] == 0 ? 1 : 0 }
        }
    }
}

// MARK: Loops

extension KernelSet {
    /// The function of a kernel table for floats side by side.
    private typealias FlatFunction =
        @convention(c) (
            Int, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?
        ) -> Void
    /// The function of a kernel table for broadcast floats.
    private typealias FloatFunction =
        @convention(c) (
            Int, UnsafePointer<Int>?, UnsafePointer<Float>?, UnsafePointer<Int>?, UnsafePointer<Float>?,
            UnsafePointer<Int>?, UnsafeMutablePointer<Float>?, Int, Int
        ) -> Void

    private func floats(
        _ function: @escaping FloatFunction, _ name: String, _ a: Region, _ b: Region, _ broadcast: Broadcast,
        to y: Region
    ) -> Job {
        return cut("\(name)_\(instructionSet)", broadcast.rows, cost: broadcast.columns) { workspace, first, last, _ in
            unsafe function(
                broadcast.sizes.count, broadcast.sizes, workspace.pointer(a), broadcast.strides[0],
                workspace.pointer(b), broadcast.strides[1], workspace.pointer(y), first, last)
        }
    }
    /// y = operation(a, b), whatever the elements are.
    ///
    /// Inlined with its operation, so that each use is a loop of its own.
    @inline(__always)
    private func combined<Element: BitwiseCopyable & SendableMetatype, Result: BitwiseCopyable & SendableMetatype>(
        _ name: String, _ a: Region, _ b: Region, _ broadcast: Broadcast, to y: Region,
        _ operation: @escaping @Sendable (Element, Element) -> Result
    ) -> Job {
        let aStep = broadcast.step(0), bStep = broadcast.step(1), pieces = broadcast.pieces
        return cut(name, pieces.count, cost: pieces.cost * 4) { workspace, first, last, _ in
            let a = unsafe workspace.pointer(a, as: Element.self), b = unsafe workspace.pointer(b, as: Element.self)
            let y = unsafe workspace.pointer(y, as: Result.self)
            broadcast.forEachRow(first, last) { start, columns, starts in
                for column in columns {
                    unsafe y[start + column] = operation(
                        a[starts[0] + column * aStep], b[starts[1] + column * bStep])
                }
            }
        }
    }

    private func integers<Integer: FixedWidthInteger & BitwiseCopyable & SendableMetatype>(
        _ operation: Arithmetic, _: Integer.Type, _ name: String, _ a: Region, _ b: Region, _ broadcast: Broadcast,
        to y: Region
    ) -> Job {
        switch operation {
        case .add: combined(name, a, b, broadcast, to: y) { (a: Integer, b: Integer) in a &+ b }
        case .subtract: combined(name, a, b, broadcast, to: y) { (a: Integer, b: Integer) in a &- b }
        case .multiply: combined(name, a, b, broadcast, to: y) { (a: Integer, b: Integer) in a &* b }
        case .divide:
            combined(name, a, b, broadcast, to: y) { (a: Integer, b: Integer) in
                b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
            }
        case .power: combined(name, a, b, broadcast, to: y) { (a: Integer, b: Integer) in power(a, b) }
        case .minimum: combined(name, a, b, broadcast, to: y) { (a: Integer, b: Integer) in min(a, b) }
        case .maximum: combined(name, a, b, broadcast, to: y) { (a: Integer, b: Integer) in max(a, b) }
        case .remainder: combined(name, a, b, broadcast, to: y) { (a: Integer, b: Integer) in remainder(a, b) }
        case .modulo:
            combined(name, a, b, broadcast, to: y) { (a: Integer, b: Integer) in
                let rest = remainder(a, b)
                return rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest
            }
        }
    }

    private func compared<Number: Comparable & BitwiseCopyable & SendableMetatype>(
        _ comparison: Comparison, _: Number.Type, _ name: String, _ a: Region, _ b: Region, _ broadcast: Broadcast,
        to y: Region
    ) -> Job {
        switch comparison {
        case .equal: combined(name, a, b, broadcast, to: y) { (a: Number, b: Number) in a == b }
        case .greater: combined(name, a, b, broadcast, to: y) { (a: Number, b: Number) in a > b }
        case .greaterOrEqual: combined(name, a, b, broadcast, to: y) { (a: Number, b: Number) in a >= b }
        case .less: combined(name, a, b, broadcast, to: y) { (a: Number, b: Number) in a < b }
        case .lessOrEqual: combined(name, a, b, broadcast, to: y) { (a: Number, b: Number) in a <= b }
        }
    }

    private func chosen<Element: BitwiseCopyable & SendableMetatype>(
        _: Element.Type, _ condition: Region, _ a: Region, _ b: Region, _ broadcast: Broadcast, to y: Region
    ) -> Job {
        let pieces = broadcast.pieces
        let conditionStep = broadcast.step(0), aStep = broadcast.step(1), bStep = broadcast.step(2)
        return cut("choose", pieces.count, cost: pieces.cost * 4) { workspace, first, last, _ in
            let condition = unsafe workspace.pointer(condition, as: UInt8.self)
            let a = unsafe workspace.pointer(a, as: Element.self), b = unsafe workspace.pointer(b, as: Element.self)
            let y = unsafe workspace.pointer(y, as: Element.self)
            broadcast.forEachRow(first, last) { start, columns, starts in
                for column in columns {
                    unsafe y[start + column] =
                        condition[starts[0] + column * conditionStep] != 0
                        ? a[starts[1] + column * aStep] : b[starts[2] + column * bStep]
                }
            }
        }
    }

    private func signed<Integer: FixedWidthInteger & BitwiseCopyable & SendableMetatype>(
        _ sign: IntegerSign, _: Integer.Type, _ x: Region, to y: Region
    ) -> Job {
        cut("sign_\(sign)", y.byteCount / MemoryLayout<Integer>.size) { workspace, first, last, _ in
            let x = unsafe workspace.pointer(x, as: Integer.self), y = unsafe workspace.pointer(y, as: Integer.self)
            for place in first..<last {
                let value = unsafe x[place]
                unsafe y[place] = sign == .negated || value < 0 ? 0 &- value : value
            }
        }
    }
}

/// The lesser, NaN if any.
private func lesser(_ a: Float, _ b: Float) -> Float { a < b || a != a ? a : b }

/// The greater, NaN if any.
private func greater(_ a: Float, _ b: Float) -> Float { a > b || a != a ? a : b }

/// What is left of a / b, with the sign of b.
private func modulo(_ a: Float, _ b: Float) -> Float {
    let rest = a.truncatingRemainder(dividingBy: b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
}

/// What is left of a / b, with the sign of a; 0 where b is.
private func remainder<Integer: FixedWidthInteger>(_ a: Integer, _ b: Integer) -> Integer {
    b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
}

/// a to the power of b, rounded once.
private func power(_ a: Float, _ b: Float) -> Float { Float(pow(Double(a), Double(b))) }

/// a to the power of b, wrapping around; with a negative exponent what is left of a fraction.
private func power<Integer: FixedWidthInteger>(_ a: Integer, _ b: Integer) -> Integer {
    guard b >= 0 else { return a == 1 ? 1 : a == 0 &- 1 ? (b & 1 == 0 ? 1 : a) : 0 }
    var result: Integer = 1, base = a, exponent = b
    while exponent > 0 {
        if exponent & 1 == 1 { result = result &* base }
        base = base &* base
        exponent >>= 1
    }
    return result
}
