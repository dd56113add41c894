internal import Kernels

extension Operators {
    /// exp(x).
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Exp.
    public struct Exp: FunctionOperator {
        public static let name = "Exp"
        public init() {}
        var function: Function { .exp }
    }
}

extension Operators {
    /// The natural logarithm of x: −∞ at 0, NaN below.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Log.
    public struct Log: FunctionOperator {
        public static let name = "Log"
        public init() {}
        var function: Function { .log }
    }
}

extension Operators {
    /// √x, NaN below 0.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Sqrt.
    public struct Sqrt: FunctionOperator {
        public static let name = "Sqrt"
        public init() {}
        var function: Function { .sqrt }
    }
}

extension Operators {
    /// The greatest whole number up to x.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Floor.
    public struct Floor: FunctionOperator {
        public static let name = "Floor"
        public init() {}
        var function: Function { .floor }
    }
}

extension Operators {
    /// The least whole number from x on.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Ceil.
    public struct Ceil: FunctionOperator {
        public static let name = "Ceil"
        public init() {}
        var function: Function { .ceil }
    }
}

extension Operators {
    /// The error function 2/√π·∫₀ˣ exp(−t²) dt.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Erf.
    public struct Erf: FunctionOperator {
        public static let name = "Erf"
        public init() {}
        var function: Function { .erf }
    }
}

extension Operators {
    /// 1/(1 + exp(−x)).
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Sigmoid.
    public struct Sigmoid: FunctionOperator {
        public static let name = "Sigmoid"
        public init() {}
        var function: Function { .sigmoid }
    }
}

extension Operators {
    /// The hyperbolic tangent of x.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Tanh.
    public struct Tanh: FunctionOperator {
        public static let name = "Tanh"
        public init() {}
        var function: Function { .tanh }
    }
}

extension Operators {
    /// log(1 + exp(x)).
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Softplus.
    public struct Softplus: FunctionOperator {
        public static let name = "Softplus"
        public init() {}
        var function: Function { .softplus }
    }
}

extension Operators {
    /// x·(x/6 + 1/2 within 0...1) (Howard et al. 2019, arXiv 1905.02244, section 5.2).
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX HardSwish.
    public struct HardSwish: FunctionOperator {
        public static let name = "HardSwish"
        public init() {}
        var function: Function { .hardSwish }
    }
}

extension Operators {
    /// α·x + β within 0...1.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX HardSigmoid.
    public struct HardSigmoid: FunctionOperator {
        public static let name = "HardSigmoid"
        /// The slope between the bounds.
        public var alpha: Float
        /// The value at 0.
        public var beta: Float

        public init(alpha: Float = 0.2, beta: Float = 0.5) {
            self.alpha = alpha
            self.beta = beta
        }

        var function: Function { .hardSigmoid(alpha: alpha, beta: beta) }
    }
}

extension Operators {
    /// x, below 0 α·x (Maas, Hannun, Ng 2013).
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX LeakyRelu.
    public struct LeakyRelu: FunctionOperator {
        public static let name = "LeakyRelu"
        /// The slope below 0.
        public var alpha: Float

        public init(alpha: Float = 0.01) { self.alpha = alpha }

        var function: Function { .leakyRelu(alpha: alpha) }
    }
}

extension Operators {
    /// x, below 0 α·(exp(x) − 1) (Clevert, Unterthiner, Hochreiter 2016, arXiv 1511.07289).
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Elu.
    public struct Elu: FunctionOperator {
        public static let name = "Elu"
        /// What is approached far below 0, with the other sign.
        public var alpha: Float

        public init(alpha: Float = 1) { self.alpha = alpha }

        var function: Function { .elu(alpha: alpha) }
    }
}

extension Operators {
    /// x·Φ(x) with the normal distribution's Φ, or its approximation by tanh (Hendrycks, Gimpel 2016, arXiv 1606.08415).
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Gelu, opset 20.
    public struct Gelu: FunctionOperator {
        public static let name = "Gelu"
        /// Whether Φ is approximated.
        public var isApproximate: Bool

        public init(isApproximate: Bool = false) { self.isApproximate = isApproximate }

        var function: Function { isApproximate ? .geluTanh : .gelu }
    }
}
