// Losses of single numbers; see include/elementwise.h.

/// x to the power of p, x in 0...1; for p = 0 it is 1 everywhere.
INLINE lanes power_of(lanes x, float p) { return p == 0 ? all(1.0f) : exp_of_lanes(log_of_lanes(x) * p); }

INLINE lanes softplus_of(lanes x) {
    return choose(x < all(0.0f), all(0.0f), x) + log_of_one_more(exp_of_lanes(-magnitude_of(x)));
}

void NAME(binary_cross_entropy_f32)(ptrdiff_t n, const float *logits, const float *targets, float positive_weight, float focusing,
                                    float *losses) {
    EACH_SIXTEEN(i, k, n, {
        const lanes z = load(logits + i, k), t = load(targets + i, k);
        // -log p and -log (1 - p)
        const lanes positive = softplus_of(-z) * power_of(sigmoid_of_lanes(-z), focusing);
        const lanes negative = softplus_of(z) * power_of(sigmoid_of_lanes(z), focusing);
        store(losses + i, k, positive_weight * t * positive + (1.0f - t) * negative);
    })
}

void NAME(binary_cross_entropy_backward_f32)(ptrdiff_t n, const float *logits, const float *targets, float positive_weight,
                                             float focusing, float scale, float *dx) {
    EACH_SIXTEEN(i, k, n, {
        const lanes z = load(logits + i, k), t = load(targets + i, k);
        const lanes p = sigmoid_of_lanes(z), q = sigmoid_of_lanes(-z);
        // d/dz of q^f·(-log p) is -q^f·(f·p·(-log p) + q), and of p^f·(-log q) it is p^f·(f·q·(-log q) + p).
        const lanes positive = -power_of(q, focusing) * (focusing * p * softplus_of(-z) + q);
        const lanes negative = power_of(p, focusing) * (focusing * q * softplus_of(z) + p);
        store(dx + i, k, scale * (positive_weight * t * positive + (1.0f - t) * negative));
    })
}
