// Functions of one variable and their slopes; see include/elementwise.h. Each has two parameters, a and b, that most do not look at.

INLINE lanes magnitude_of(lanes x) { return floats_of(bits_of(x) & 0x7fffffffu); }
INLINE lanes with_sign_of(lanes x, lanes magnitude) { return floats_of(bits_of(magnitude) | (bits_of(x) & 0x80000000u)); }
/// x within the bounds, the upper one counting where they contradict each other; NaN stays.
INLINE lanes within(lanes x, lanes lowest, lanes highest) {
    x = choose(x < lowest, lowest, x);
    return choose(x > highest, highest, x);
}

/// exp(x) - 1: near 0 the polynomial of exp alone.
INLINE lanes exp_less_one(lanes x) {
    lanes p = all(1.9875691500e-4f);
    p = p * x + 1.3981999507e-3f;
    p = p * x + 8.3334519073e-3f;
    p = p * x + 4.1665795894e-2f;
    p = p * x + 1.6666665459e-1f;
    p = p * x + 5.0000001201e-1f;
    return choose(magnitude_of(x) < all(0.34f), p * (x * x) + x, exp_of_lanes(x) - 1.0f);
}

/// log(1 + x) for x in 0...1, exact also where 1 + x is not (W. Kahan).
INLINE lanes log_of_one_more(lanes x) {
    const lanes above = x + 1.0f, lost = above - 1.0f;
    return choose(lost == all(0.0f), x, log_of_lanes(above) * (x / lost));
}

/// erf: an odd polynomial below 1, else 1 - erfc (Cephes, S. Moshier 1987).
INLINE lanes erf_of_lanes(lanes x) {
    const lanes magnitude = magnitude_of(x), z = x * x;
    lanes t = all(7.853861353153693e-5f);
    t = t * z - 8.010193625184903e-4f;
    t = t * z + 5.188327685732524e-3f;
    t = t * z - 2.685381193529856e-2f;
    t = t * z + 1.128358514861418e-1f;
    t = t * z - 3.761262582423300e-1f;
    t = t * z + 1.128379165726710f;
    const lanes q = 1.0f / magnitude, y = q * q;
    lanes p = all(2.326819970068386e-2f);
    p = p * y - 1.387039388740657e-1f;
    p = p * y + 3.687424674597105e-1f;
    p = p * y - 5.824733027278666e-1f;
    p = p * y + 6.210004621745983e-1f;
    p = p * y - 4.944515323274145e-1f;
    p = p * y + 3.404879937665872e-1f;
    p = p * y - 2.741127028184656e-1f;
    p = p * y + 5.638259427386472e-1f;
    lanes r = all(-1.047766399936249e+1f);
    r = r * y + 1.297719955372516e+1f;
    r = r * y - 7.495518717768503f;
    r = r * y + 2.921019019210786f;
    r = r * y - 1.015265279202700f;
    r = r * y + 4.218463358204948e-1f;
    r = r * y - 2.820767439740514e-1f;
    r = r * y + 5.641895067754075e-1f;
    const lanes far = 1.0f - exp_of_lanes(-z) * q * choose(magnitude < all(2.0f), p, r);
    const lanes bounded = choose(magnitude > all(6.0f), all(1.0f), far);
    return choose(magnitude < all(1.0f), t * x, choose(x == x, with_sign_of(x, bounded), x));
}

/// The bell curve exp(-x^2/2)/sqrt(2 pi), and the area under it up to x.
INLINE lanes normal_density(lanes x) { return exp_of_lanes(x * x * -0.5f) * 0.398942280f; }
INLINE lanes normal_distribution(lanes x) { return (erf_of_lanes(x * 0.707106781f) + 1.0f) * 0.5f; }

// FUNCTION(name, y of x, dy/dx of x)
#define EACH_FUNCTION(FUNCTION) \
    FUNCTION(EXP, exp_of_lanes(x), exp_of_lanes(x)) \
    FUNCTION(LOG, log_of_lanes(x), 1.0f / x) \
    FUNCTION(SQRT, __builtin_elementwise_sqrt(x), 0.5f / __builtin_elementwise_sqrt(x)) \
    FUNCTION(ABS, magnitude_of(x), choose(x == all(0.0f), all(0.0f), with_sign_of(x, all(1.0f)))) \
    FUNCTION(NEGATE, -x, all(-1.0f)) \
    FUNCTION(FLOOR, __builtin_elementwise_floor(x), all(0.0f)) \
    FUNCTION(CEIL, __builtin_elementwise_ceil(x), all(0.0f)) \
    FUNCTION(ERF, erf_of_lanes(x), exp_of_lanes(-(x * x)) * 1.128379167f) \
    FUNCTION(SIGMOID, sigmoid_of_lanes(x), sigmoid_of_lanes(x) * sigmoid_of_lanes(-x)) \
    FUNCTION(TANH, tanh_of_lanes(x), 1.0f - tanh_of_lanes(x) * tanh_of_lanes(x)) \
    FUNCTION(SOFTPLUS, choose(x < all(0.0f), all(0.0f), x) + log_of_one_more(exp_of_lanes(-magnitude_of(x))), sigmoid_of_lanes(x)) \
    FUNCTION(HARD_SIGMOID, within(a * x + b, all(0.0f), all(1.0f)), \
             choose((a * x + b > all(0.0f)) & (a * x + b < all(1.0f)), a, all(0.0f))) \
    FUNCTION(HARD_SWISH, x * within(x * (1.0f / 6) + 0.5f, all(0.0f), all(1.0f)), \
             choose(x <= all(-3.0f), all(0.0f), choose(x >= all(3.0f), all(1.0f), x * (1.0f / 3) + 0.5f))) \
    FUNCTION(LEAKY_RELU, choose(x < all(0.0f), a * x, x), choose(x < all(0.0f), a, all(1.0f))) \
    FUNCTION(ELU, choose(x < all(0.0f), a * exp_less_one(x), x), choose(x < all(0.0f), a * exp_of_lanes(x), all(1.0f))) \
    FUNCTION(GELU, x * normal_distribution(x), normal_distribution(x) + x * normal_density(x)) \
    FUNCTION(GELU_TANH, 0.5f * x * (tanh_of_lanes(GELU_INNER) + 1.0f), \
             0.5f * (tanh_of_lanes(GELU_INNER) + 1.0f) \
                 + 0.5f * x * (1.0f - tanh_of_lanes(GELU_INNER) * tanh_of_lanes(GELU_INNER)) \
                       * (0.797884561f + 0.107032224f * x * x)) \
    FUNCTION(CLIP, within(x, a, b), choose((x >= a) & (x <= b), all(1.0f), all(0.0f)))
#define GELU_INNER (0.797884561f * x + 0.0356774081f * x * x * x)

void NAME(function_f32)(engram_function function, ptrdiff_t n, float a_value, float b_value, const float *from, float *to) {
    const lanes a = all(a_value), b = all(b_value);
    switch (function) {
#define FUNCTION(name, value, slope) \
    case ENGRAM_##name: \
        for (ptrdiff_t i = 0; i < n; i += 16) { \
            const ptrdiff_t k = smaller(16, n - i); \
            const lanes x = load(from + i, k); \
            store(to + i, k, value); \
        } \
        return;
        EACH_FUNCTION(FUNCTION)
#undef FUNCTION
    }
}

void NAME(function_backward_f32)(engram_function function, ptrdiff_t n, float a_value, float b_value, const float *from,
                                 const float *dy, float *dx) {
    const lanes a = all(a_value), b = all(b_value);
    switch (function) {
#define FUNCTION(name, value, slope) \
    case ENGRAM_##name: \
        for (ptrdiff_t i = 0; i < n; i += 16) { \
            const ptrdiff_t k = smaller(16, n - i); \
            const lanes x = load(from + i, k); \
            store(dx + i, k, load(dy + i, k) * (slope)); \
        } \
        return;
        EACH_FUNCTION(FUNCTION)
#undef FUNCTION
    }
}
#undef EACH_FUNCTION
#undef GELU_INNER
