// Sums of functions of one variable each, linear between knots; see include/elementwise.h.

/// How many of up to 16 knots are at most x.
INLINE int knots_at_most(const float *knots, ptrdiff_t k, float x) {
#if ENGRAM_VECTOR_BITS == 512
    const __mmask16 there = (__mmask16)((1u << k) - 1);
    return __builtin_popcount(_mm512_mask_cmp_ps_mask(there, _mm512_maskz_loadu_ps(there, knots), _mm512_set1_ps(x), _CMP_LE_OQ));
#else
    const int_lanes below = load_or(knots, k, all(__builtin_inff())) <= all(x);
    int count = 0;
    for (int i = 0; i < 16; i++) {
        count -= i < k ? below[i] : 0;
    }
    return count;
#endif
}

void NAME(piecewise_linear_f32)(ptrdiff_t rows, ptrdiff_t features, ptrdiff_t units, const int32_t *ends, const float *knots,
                                const float *scales, const float *values, const float *bias, int relu, const float *x, float *y) {
    enum { TOGETHER = 64 };
    for (ptrdiff_t row = 0; row < rows; row++, x += features, y += units) {
        for (ptrdiff_t start = 0; start == 0 || start < features; start += TOGETHER) {
            const ptrdiff_t count = smaller(TOGETHER, features - start);
            const int isFirst = start == 0, isLast = start + TOGETHER >= features;
            const float *steps[TOGETHER];
            float shares[TOGETHER];
            ptrdiff_t used = 0;
            for (ptrdiff_t i = 0; i < count; i++) {
                const ptrdiff_t begin = start + i == 0 ? 0 : ends[start + i - 1], end = ends[start + i];
                if (begin == end) {
                    continue;
                }
                const float value = x[start + i];
                ptrdiff_t place = begin;
                for (ptrdiff_t k = begin; k < end; k += 16) {
                    const ptrdiff_t width = smaller(16, end - k);
                    const int below = knots_at_most(knots + k, width, value);
                    place += below;
                    if (below < width) {
                        break;
                    }
                }
                // Before the first knot and behind the last one the function is level; NaN stays.
                const ptrdiff_t knot = place > begin ? place - 1 : begin;
                steps[used] = values + knot * 2 * units;
                shares[used++] = value < knots[begin] || place == end ? 0 : (value - knots[knot]) * scales[knot];
            }
            EACH_SIXTEEN(
                unit, k, units, lanes sum = isFirst ? load(bias + unit, k) : load(y + unit, k);
                for (ptrdiff_t i = 0; i < used; i++) {
                    sum += load(steps[i] + unit, k) + all(shares[i]) * load(steps[i] + units + unit, k);
                }
                if (relu && isLast) { sum = choose(sum < all(0), all(0), sum); }
                store(y + unit, k, sum);)
        }
    }
}
