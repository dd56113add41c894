internal import Glibc

/// The C library's, in double.
@Sendable func exponential(_ x: Double) -> Double { exp(x) }
@Sendable func logarithm(_ x: Double) -> Double { log(x) }
@Sendable func errorFunction(_ x: Double) -> Double { erf(x) }
@Sendable func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
@Sendable func logarithmOfOneMore(_ x: Double) -> Double { log1p(x) }
@Sendable func exponentialLessOne(_ x: Double) -> Double { expm1(x) }
@Sendable func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
