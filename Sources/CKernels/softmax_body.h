// Softmax over rows, and the cross-entropy of its result; see include/elementwise.h.

/// The block that is given sees j and k: sixteen columns at a time, the last ones in part.
#define EACH_SIXTEEN_COLUMNS(n, ...) EACH_SIXTEEN(j, k, n, __VA_ARGS__)

INLINE float greatest_of_row(ptrdiff_t columns, const float *x) {
    const lanes lowest = all(-__builtin_inff());
    struct maximum m = no_maximum();
    EACH_SIXTEEN_COLUMNS(columns, take_into(&m, load_or(x + j, k, lowest));)
    return greatest_of(&m);
}

/// Σ exp(x - greatest)
INLINE float sum_of_exp(ptrdiff_t columns, const float *x, float greatest) {
    const lanes lowest = all(-__builtin_inff());
    lanes sum = all(0);
    EACH_SIXTEEN_COLUMNS(columns, sum += exp_of_lanes(load_or(x + j, k, lowest) - greatest);)
    return sum_of_lanes(sum);
}

INLINE float log_of(float x) { return log_of_lanes(all(x))[0]; }

void NAME(softmax_f32)(ptrdiff_t rows, ptrdiff_t columns, const float *x, float *y) {
    const lanes lowest = all(-__builtin_inff());
    for (ptrdiff_t r = 0; r < rows; r++) {
        const float *row = x + r * columns;
        float *out = y + r * columns;
        const float greatest = greatest_of_row(columns, row);
        lanes sum = all(0);
        EACH_SIXTEEN_COLUMNS(columns, {
            const lanes e = exp_of_lanes(load_or(row + j, k, lowest) - greatest);
            store(out + j, k, e);
            sum += e;
        })
        const float inverse = 1.0f / sum_of_lanes(sum);
        EACH_SIXTEEN_COLUMNS(columns, store(out + j, k, load(out + j, k) * inverse);)
    }
}

void NAME(softmax_backward_f32)(ptrdiff_t rows, ptrdiff_t columns, const float *y, const float *dy, float *dx) {
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t start = r * columns;
        lanes sum = all(0);
        EACH_SIXTEEN_COLUMNS(columns, sum += load(y + start + j, k) * load(dy + start + j, k);)
        const float total = sum_of_lanes(sum);
        EACH_SIXTEEN_COLUMNS(columns, store(dx + start + j, k, load(y + start + j, k) * (load(dy + start + j, k) - total));)
    }
}

void NAME(log_softmax_f32)(ptrdiff_t rows, ptrdiff_t columns, const float *x, float *y) {
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t start = r * columns;
        const float greatest = greatest_of_row(columns, x + start);
        const float log_sum = log_of(sum_of_exp(columns, x + start, greatest));
        EACH_SIXTEEN_COLUMNS(columns, store(y + start + j, k, (load(x + start + j, k) - greatest) - log_sum);)
    }
}

void NAME(log_softmax_backward_f32)(ptrdiff_t rows, ptrdiff_t columns, const float *y, const float *dy, float *dx) {
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t start = r * columns;
        lanes sum = all(0);
        EACH_SIXTEEN_COLUMNS(columns, sum += load(dy + start + j, k);)
        const float total = sum_of_lanes(sum);
        EACH_SIXTEEN_COLUMNS(columns,
                             store(dx + start + j, k, load(dy + start + j, k) - exp_of_lanes(load(y + start + j, k)) * total);)
    }
}

INLINE float cross_entropy_of_row(ptrdiff_t classes, const float *x, ptrdiff_t target, float smoothing) {
    const float greatest = greatest_of_row(classes, x);
    const float log_sum = log_of(sum_of_exp(classes, x, greatest));
    float loss = log_sum - (x[target] - greatest);
    if (smoothing > 0) {
        lanes sum = all(0);
        EACH_SIXTEEN_COLUMNS(classes, sum += load_or(x + j, k, all(greatest)) - greatest;)
        const float mean = sum_of_lanes(sum) / (float)classes;
        loss = (1.0f - smoothing) * loss + smoothing * (log_sum - mean);
    }
    return loss;
}

INLINE void cross_entropy_backward_of_row(ptrdiff_t classes, const float *x, ptrdiff_t target, float smoothing, float scale,
                                          float *dx) {
    const float greatest = greatest_of_row(classes, x);
    const float inverse = 1.0f / sum_of_exp(classes, x, greatest);
    const float share = smoothing / (float)classes;
    const float p = exp_of_lanes(all(x[target] - greatest))[0] * inverse;
    EACH_SIXTEEN_COLUMNS(classes, store(dx + j, k, (exp_of_lanes(load(x + j, k) - greatest) * inverse - share) * scale);)
    dx[target] = ((p - (1.0f - smoothing)) - share) * scale;
}

ptrdiff_t NAME(softmax_cross_entropy_i64)(ptrdiff_t rows, ptrdiff_t classes, const float *logits, const int64_t *targets,
                                          const float *weights, float smoothing, float *losses) {
    ptrdiff_t bad = -1;
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t target = (ptrdiff_t)targets[r];
        if (target < 0 || target >= classes) {
            bad = bad < 0 ? r : bad;
            losses[r] = 0;
        } else {
            const float loss = cross_entropy_of_row(classes, logits + r * classes, target, smoothing);
            losses[r] = weights != NULL ? weights[r] * loss : loss;
        }
    }
    return bad;
}

ptrdiff_t NAME(softmax_cross_entropy_backward_i64)(ptrdiff_t rows, ptrdiff_t classes, const float *logits, const int64_t *targets,
                                                   const float *weights, float smoothing, float scale, float *d_logits) {
    ptrdiff_t bad = -1;
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t target = (ptrdiff_t)targets[r];
        if (target < 0 || target >= classes) {
            bad = bad < 0 ? r : bad;
            for (ptrdiff_t j = 0; j < classes; j++) {
                d_logits[r * classes + j] = 0;
            }
        } else {
            cross_entropy_backward_of_row(classes, logits + r * classes, target, smoothing,
                                          weights != NULL ? scale * weights[r] : scale, d_logits + r * classes);
        }
    }
    return bad;
}
