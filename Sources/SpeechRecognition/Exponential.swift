import Glibc

/// e to the power of `x`.
func exponential(_ x: Float) -> Float { exp(x) }

/// The natural logarithm of `x`.
func logarithm(_ x: Float) -> Float { log(x) }
