// Normalization of rows; see include/elementwise.h.

struct row_moments {
    float mean, inverse_deviation;
};

INLINE struct row_moments moments_of_row(ptrdiff_t columns, const float *x, float epsilon) {
    double_lanes sum = (double_lanes)(0.0), squares = (double_lanes)(0.0);
    EACH_SIXTEEN(i, k, columns, sum += doubles_of(load(x + i, k));)
    const double mean = sum_of_double_lanes(sum) / (double)columns;
    // Lanes behind the end hold the rounded mean, which is 0 away from itself.
    const lanes near = all((float)mean);
    EACH_SIXTEEN(i, k, columns, {
        const double_lanes apart = doubles_of(load_or(x + i, k, near)) - doubles_of(near);
        squares += apart * apart;
    })
    const double lost = mean - (double)(float)mean;
    const double variance = sum_of_double_lanes(squares) / (double)columns - lost * lost;
    return (struct row_moments){(float)mean, (float)(1 / __builtin_sqrt(variance + (double)epsilon))};
}

/// The scale or shift of k elements from j on, which all belong to one channel unless inner is 1; `missing` where there is none.
INLINE lanes of_channels(const float *values, const engram_row_normalization *shape, ptrdiff_t group, ptrdiff_t j, ptrdiff_t k,
                         float missing) {
    if (values == NULL) {
        return all(missing);
    }
    const float *own = values + group * (shape->columns / shape->inner) + j / shape->inner;
    return shape->inner == 1 ? load(own, k) : all(*own);
}

/// Stretches of at most sixteen columns that end where a channel of several elements does.
#define EACH_STRETCH(j, k, ...) \
    for (ptrdiff_t j = 0, k; j < shape->columns; j += k) { \
        k = smaller(16, shape->inner == 1 ? shape->columns - j : shape->inner - j % shape->inner); \
        __VA_ARGS__ \
    }

void NAME(normalize_rows_f32)(const engram_row_normalization *shape, const float *x, const float *scale, const float *shift,
                              float *y, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t r = first; r < last; r++) {
        const float *from = x + r * shape->columns;
        float *to = y + r * shape->columns;
        const struct row_moments moments = moments_of_row(shape->columns, from, shape->epsilon);
        EACH_STRETCH(j, k, {
            const lanes normal = (load(from + j, k) - moments.mean) * moments.inverse_deviation;
            store(to + j, k,
                  normal * of_channels(scale, shape, r % shape->groups, j, k, 1)
                      + of_channels(shift, shape, r % shape->groups, j, k, 0));
        })
    }
}

void NAME(normalize_rows_backward_f32)(const engram_row_normalization *shape, const float *x, const float *scale, const float *dy,
                                       float *dx, float *products, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t r = first; r < last; r++) {
        const ptrdiff_t start = r * shape->columns, group = r % shape->groups;
        const struct row_moments moments = moments_of_row(shape->columns, x + start, shape->epsilon);
        double_lanes sum = (double_lanes)(0.0), along = (double_lanes)(0.0);
        EACH_STRETCH(j, k, {
            const lanes g = load(dy + start + j, k) * of_channels(scale, shape, group, j, k, 1);
            const lanes normal = (load_or(x + start + j, k, all(moments.mean)) - moments.mean) * moments.inverse_deviation;
            sum += doubles_of(g);
            along += doubles_of(g * normal);
        })
        const float mean = (float)(sum_of_double_lanes(sum) / (double)shape->columns);
        const float slope = (float)(sum_of_double_lanes(along) / (double)shape->columns);
        EACH_STRETCH(j, k, {
            const lanes own = load(dy + start + j, k), g = own * of_channels(scale, shape, group, j, k, 1);
            const lanes normal = (load(x + start + j, k) - moments.mean) * moments.inverse_deviation;
            if (products != NULL) {
                store(products + start + j, k, own * normal);
            }
            store(dx + start + j, k, (g - mean - normal * slope) * moments.inverse_deviation);
        })
    }
}
#undef EACH_STRETCH
