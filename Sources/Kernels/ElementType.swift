/// What a tensor's elements are. Arithmetic is in `f32`, and exact in `i32` and `i64` for shapes and indices.
public enum ElementType: String, Hashable, Sendable, CaseIterable, Codable {
    case f32, f16, bf16, i8, u8, i32, i64, bool

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .f32, .i32: 4
        case .f16, .bf16: 2
        case .i8, .u8, .bool: 1
        case .i64: 8
        }
    }
}
