internal import CKernels

/// A function of one variable, with its parameters.
package enum Function: Hashable, Sendable {
    case exp, log, sqrt, abs, negate, floor, ceil, erf, sigmoid, tanh, softplus, hardSwish, gelu, geluTanh
    /// α·x + β within 0...1.
    case hardSigmoid(alpha: Float, beta: Float)
    /// x, below 0 α·x.
    case leakyRelu(alpha: Float)
    /// x, below 0 α·(exp(x) − 1).
    case elu(alpha: Float)
    /// x within the bounds.
    case clip(lowest: Float, highest: Float)

    /// What the kernels know it by.
    fileprivate var parts: (function: engram_function, a: Float, b: Float, name: String) {
        switch self {
        case .exp: (ENGRAM_EXP, 0, 0, "exp")
        case .log: (ENGRAM_LOG, 0, 0, "log")
        case .sqrt: (ENGRAM_SQRT, 0, 0, "sqrt")
        case .abs: (ENGRAM_ABS, 0, 0, "abs")
        case .negate: (ENGRAM_NEGATE, 0, 0, "negate")
        case .floor: (ENGRAM_FLOOR, 0, 0, "floor")
        case .ceil: (ENGRAM_CEIL, 0, 0, "ceil")
        case .erf: (ENGRAM_ERF, 0, 0, "erf")
        case .sigmoid: (ENGRAM_SIGMOID, 0, 0, "sigmoid")
        case .tanh: (ENGRAM_TANH, 0, 0, "tanh")
        case .softplus: (ENGRAM_SOFTPLUS, 0, 0, "softplus")
        case .hardSwish: (ENGRAM_HARD_SWISH, 0, 0, "hard_swish")
        case .gelu: (ENGRAM_GELU, 0, 0, "gelu")
        case .geluTanh: (ENGRAM_GELU_TANH, 0, 0, "gelu_tanh")
        case .hardSigmoid(let alpha, let beta): (ENGRAM_HARD_SIGMOID, alpha, beta, "hard_sigmoid")
        case .leakyRelu(let alpha): (ENGRAM_LEAKY_RELU, alpha, 0, "leaky_relu")
        case .elu(let alpha): (ENGRAM_ELU, alpha, 0, "elu")
        case .clip(let lowest, let highest): (ENGRAM_CLIP, lowest, highest, "clip")
        }
    }
}

extension KernelSet {
    /// y = f(x); y may be x.
    package func apply(_ function: Function, _ x: Region, to y: Region) -> Job {
        precondition(x.floatCount == y.floatCount)
        let (function, a, b, name) = function.parts
        return cut("\(name)_\(instructionSet)", y.floatCount, cost: 4) { [self] workspace, first, last, _ in
            unsafe table.pointee.function_f32(
                function, last - first, a, b, workspace.pointer(x) + first, workspace.pointer(y) + first)
        }
    }

    /// dx = dy·f′(x); dx may be dy or x.
    package func applyBackward(_ function: Function, x: Region, dy: Region, to dx: Region) -> Job {
        precondition(x.floatCount == dy.floatCount && dx.floatCount == dy.floatCount)
        let (function, a, b, name) = function.parts
        return cut("\(name)_backward_\(instructionSet)", dx.floatCount, cost: 4) { [self] workspace, first, last, _ in
            unsafe table.pointee.function_backward_f32(
                function, last - first, a, b, workspace.pointer(x) + first, workspace.pointer(dy) + first,
                workspace.pointer(dx) + first)
        }
    }
}
