// Kernels on [rows][channels], among them batch normalization; see include/elementwise.h.

/// Sixteen channels at a time, the last ones in part: the block that is given sees c and k.
#define EACH_SIXTEEN(c, k, n, ...) \
    { \
        ptrdiff_t c = 0; \
        for (; c + 16 <= (n); c += 16) { \
            const ptrdiff_t k = 16; \
            __VA_ARGS__ \
        } \
        if (c < (n)) { \
            const ptrdiff_t k = (n) - c; \
            __VA_ARGS__ \
        } \
    }

/// Rows whose sum is a float before it enters a double.
#define ROWS_A_BLOCK 16

INLINE void channel_sums_of(ptrdiff_t rows, ptrdiff_t channels, const float *a, const float *b, double *sums, bool products) {
    for (ptrdiff_t i = 0; i < (products ? 2 : 1) * channels; i++) {
        sums[i] = 0;
    }
    for (ptrdiff_t first = 0; first < rows; first += ROWS_A_BLOCK) {
        const ptrdiff_t last = smaller(rows, first + ROWS_A_BLOCK);
        EACH_SIXTEEN(c, k, channels, {
            lanes sum = all(0), product = all(0);
            for (ptrdiff_t r = first; r < last; r++) {
                const lanes v = load(a + r * channels + c, k);
                sum += v;
                if (products) {
                    product += v * load(b + r * channels + c, k);
                }
            }
            add_to_doubles(sums + c, k, doubles_of(sum));
            if (products) {
                add_to_doubles(sums + channels + c, k, doubles_of(product));
            }
        })
    }
}

void NAME(channel_sums_f32)(ptrdiff_t rows, ptrdiff_t channels, const float *a, const float *b, double *sums) {
    if (b == NULL) {
        channel_sums_of(rows, channels, a, b, sums, false);
    } else {
        channel_sums_of(rows, channels, a, b, sums, true);
    }
}

void NAME(merge_sums_f64)(ptrdiff_t n, double *sums, const double *other) {
    EACH (i, n) {
        sums[i] += other[i];
    }
}

void NAME(merge_moments_f64)(ptrdiff_t channels, ptrdiff_t count, double *moments, ptrdiff_t other_count, const double *other) {
    if (other_count == 0) {
        return;
    }
    const double total = (double)count + (double)other_count, share = (double)other_count / total, weight = (double)count * share;
    double *mean = moments, *squares = moments + channels;
    if (count == 0) {
        EACH (c, 2 * channels) {
            mean[c] = other[c];
        }
        return;
    }
    EACH (c, channels) {
        const double delta = other[c] - mean[c];
        mean[c] += delta * share;
        squares[c] += other[channels + c] + delta * delta * weight;
    }
}

void NAME(channel_moments_f32)(ptrdiff_t rows, ptrdiff_t channels, const float *x, double *moments) {
    for (ptrdiff_t i = 0; i < 2 * channels; i++) {
        moments[i] = 0;
    }
    for (ptrdiff_t first = 0; first < rows; first += 2 * ROWS_A_BLOCK) {
        const ptrdiff_t n = smaller(rows - first, 2 * ROWS_A_BLOCK);
        const float *block = x + first * channels;
        const double share = (double)n / (double)(first + n), weight = (double)first * share;
        const float inverse = 1.0f / (float)n;
        EACH_SIXTEEN(c, k, channels, {
            // Even and odd rows apart, since each addition waits for the one before.
            const float *column = block + c;
            lanes even = all(0), odd = all(0);
            for (ptrdiff_t r = 0; r + 1 < n; r += 2) {
                even += load(column + r * channels, k);
                odd += load(column + (r + 1) * channels, k);
            }
            if (n % 2 == 1) {
                even += load(column + (n - 1) * channels, k);
            }
            const lanes centre = (even + odd) * inverse;
            lanes rest = all(0), odd_rest = all(0), squares = all(0), odd_squares = all(0);
            for (ptrdiff_t r = 0; r + 1 < n; r += 2) {
                const lanes d = load(column + r * channels, k) - centre;
                const lanes odd_d = load(column + (r + 1) * channels, k) - centre;
                rest += d;
                odd_rest += odd_d;
                squares += d * d;
                odd_squares += odd_d * odd_d;
            }
            if (n % 2 == 1) {
                const lanes d = load(column + (n - 1) * channels, k) - centre;
                rest += d;
                squares += d * d;
            }
            rest += odd_rest;
            squares += odd_squares;
            // `centre` is a rounded mean; `rest` corrects both moments for it.
            const double_lanes correction = doubles_of(rest) * (1.0 / (double)n);
            const double_lanes block_mean = doubles_of(centre) + correction;
            const double_lanes block_squares = doubles_of(squares) - doubles_of(rest) * correction;
            double_lanes mean = (double_lanes)(0.0);
            __builtin_memcpy(&mean, moments + c, (size_t)k * sizeof(double));
            const double_lanes delta = block_mean - mean;
            add_to_doubles(moments + c, k, delta * share);
            add_to_doubles(moments + channels + c, k, block_squares + delta * delta * weight);
        })
    }
}

void NAME(batch_normalization_coefficients_f32)(ptrdiff_t channels, ptrdiff_t count, const double *moments, double epsilon,
                                                const float *gamma, const float *beta, float *mean, float *inverse_deviation,
                                                float *scale, float *shift) {
    for (ptrdiff_t c = 0; c < channels; c++) {
        const double inverse = 1.0 / __builtin_elementwise_sqrt(moments[channels + c] / (double)count + epsilon);
        const double factor = (double)gamma[c] * inverse;
        mean[c] = (float)moments[c];
        inverse_deviation[c] = (float)inverse;
        scale[c] = (float)factor;
        shift[c] = (float)((double)beta[c] - moments[c] * factor);
    }
}

INLINE void scale_shift_of(ptrdiff_t rows, ptrdiff_t channels, const float *x, const float *scale, const float *shift,
                           const float *residual, bool has_residual, bool relu, float *y) {
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t start = r * channels;
        EACH_SIXTEEN(c, k, channels, {
            lanes v = load(x + start + c, k) * load(scale + c, k) + load(shift + c, k);
            if (has_residual) {
                v += load(residual + start + c, k);
            }
            if (relu) {
                v = choose(v < all(0), all(0), v);
            }
            store(y + start + c, k, v);
        })
    }
}

void NAME(scale_shift_channels_f32)(ptrdiff_t rows, ptrdiff_t channels, const float *x, const float *scale, const float *shift,
                                    const float *residual, bool relu, float *y) {
    if (residual != NULL && relu) {
        scale_shift_of(rows, channels, x, scale, shift, residual, true, true, y);
    } else if (residual != NULL) {
        scale_shift_of(rows, channels, x, scale, shift, residual, true, false, y);
    } else if (relu) {
        scale_shift_of(rows, channels, x, scale, shift, residual, false, true, y);
    } else {
        scale_shift_of(rows, channels, x, scale, shift, residual, false, false, y);
    }
}

INLINE void backward_sums_of(ptrdiff_t rows, ptrdiff_t channels, const float *x, const float *y, const float *dy,
                             const float *mean, const float *inverse_deviation, double *sums, bool masked) {
    for (ptrdiff_t i = 0; i < 2 * channels; i++) {
        sums[i] = 0;
    }
    for (ptrdiff_t first = 0; first < rows; first += ROWS_A_BLOCK) {
        const ptrdiff_t last = smaller(rows, first + ROWS_A_BLOCK);
        EACH_SIXTEEN(c, k, channels, {
            const lanes centre = load(mean + c, k);
            lanes sum = all(0), product = all(0);
            for (ptrdiff_t r = first; r < last; r++) {
                const ptrdiff_t place = r * channels + c;
                lanes g = load(dy + place, k);
                if (masked) {
                    g = choose(load(y + place, k) > all(0), g, all(0));
                }
                sum += g;
                product += g * (load(x + place, k) - centre);
            }
            add_to_doubles(sums + c, k, doubles_of(sum));
            add_to_doubles(sums + channels + c, k, doubles_of(product) * doubles_of(load(inverse_deviation + c, k)));
        })
    }
}

void NAME(batch_normalization_backward_sums_f32)(ptrdiff_t rows, ptrdiff_t channels, const float *x, const float *y,
                                                 const float *dy, const float *mean, const float *inverse_deviation,
                                                 double *sums) {
    if (y != NULL) {
        backward_sums_of(rows, channels, x, y, dy, mean, inverse_deviation, sums, true);
    } else {
        backward_sums_of(rows, channels, x, y, dy, mean, inverse_deviation, sums, false);
    }
}

/// Channels whose coefficients are kept on the stack.
#define CHANNELS_A_TILE 256

INLINE void backward_of(ptrdiff_t rows, ptrdiff_t channels, const float *x, const float *y, const float *dy, const float *mean,
                        const float *inverse_deviation, const float *gamma, ptrdiff_t count, const double *sums, float *dx,
                        float *d_residual, bool masked, bool keeps) {
    float factor[CHANNELS_A_TILE], slope[CHANNELS_A_TILE], offset[CHANNELS_A_TILE];
    for (ptrdiff_t tile = 0; tile < channels; tile += CHANNELS_A_TILE) {
        const ptrdiff_t width = smaller(channels - tile, CHANNELS_A_TILE);
        // dx = factor·g + slope·(x - mean) + offset
        for (ptrdiff_t c = 0; c < width; c++) {
            const double inverse = inverse_deviation[tile + c], product = (double)gamma[tile + c] * inverse;
            factor[c] = (float)product;
            slope[c] = (float)(-product * inverse * sums[channels + tile + c] / (double)count);
            offset[c] = (float)(-product * sums[tile + c] / (double)count);
        }
        for (ptrdiff_t r = 0; r < rows; r++) {
            const ptrdiff_t start = r * channels + tile;
            EACH_SIXTEEN(c, k, width, {
                lanes g = load(dy + start + c, k);
                if (masked) {
                    g = choose(load(y + start + c, k) > all(0), g, all(0));
                }
                const lanes d = load(x + start + c, k) - load(mean + tile + c, k);
                const lanes rest = load(slope + c, k) * d + load(offset + c, k);
                if (keeps) {
                    store(d_residual + start + c, k, g);
                }
                store(dx + start + c, k, load(factor + c, k) * g + rest);
            })
        }
    }
}

void NAME(batch_normalization_backward_f32)(ptrdiff_t rows, ptrdiff_t channels, const float *x, const float *y, const float *dy,
                                            const float *mean, const float *inverse_deviation, const float *gamma,
                                            ptrdiff_t count, const double *sums, float *dx, float *d_residual) {
    if (y != NULL && d_residual != NULL) {
        backward_of(rows, channels, x, y, dy, mean, inverse_deviation, gamma, count, sums, dx, d_residual, true, true);
    } else if (y != NULL) {
        backward_of(rows, channels, x, y, dy, mean, inverse_deviation, gamma, count, sums, dx, d_residual, true, false);
    } else if (d_residual != NULL) {
        backward_of(rows, channels, x, y, dy, mean, inverse_deviation, gamma, count, sums, dx, d_residual, false, true);
    } else {
        backward_of(rows, channels, x, y, dy, mean, inverse_deviation, gamma, count, sums, dx, d_residual, false, false);
    }
}
