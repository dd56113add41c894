// Reductions of [outer][reduced][inner] over the middle; see include/elementwise.h.

INLINE void sum_of(ptrdiff_t reduced, ptrdiff_t inner, const float *x, float *y, ptrdiff_t first, ptrdiff_t last, bool mean) {
    for (ptrdiff_t o = first; o < last;) {
        if (inner == 1) {
            double_lanes sum = (double_lanes)(0.0);
            EACH_SIXTEEN(i, k, reduced, sum += doubles_of(load(x + o * reduced + i, k));)
            const double total = sum_of_double_lanes(sum);
            y[o++] = (float)(mean ? total / (double)reduced : total);
        } else {
            const ptrdiff_t i = o % inner, k = smaller(16, smaller(inner - i, last - o));
            const float *start = x + o / inner * reduced * inner + i;
            double_lanes sum = (double_lanes)(0.0);
            for (ptrdiff_t r = 0; r < reduced; r++) {
                sum += doubles_of(load(start + r * inner, k));
            }
            store(y + o, k, rounded(mean ? sum / (double)reduced : sum));
            o += k;
        }
    }
}

void NAME(sum_f32)(ptrdiff_t reduced, ptrdiff_t inner, const float *x, float *y, ptrdiff_t first, ptrdiff_t last) {
    sum_of(reduced, inner, x, y, first, last, false);
}

void NAME(mean_f32)(ptrdiff_t reduced, ptrdiff_t inner, const float *x, float *y, ptrdiff_t first, ptrdiff_t last) {
    sum_of(reduced, inner, x, y, first, last, true);
}

void NAME(product_f32)(ptrdiff_t reduced, ptrdiff_t inner, const float *x, float *y, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t o = first; o < last;) {
        const ptrdiff_t i = o % inner, k = smaller(16, smaller(inner - i, last - o));
        const float *start = x + o / inner * reduced * inner + i;
        double_lanes product = (double_lanes)(1.0);
        if (inner == 1) {
            for (ptrdiff_t r = 0; r < reduced; r += 16) {
                product *= doubles_of(load_or(start + r, smaller(16, reduced - r), all(1)));
            }
            double whole = 1;
            for (int lane = 0; lane < 16; lane++) {
                whole *= product[lane];
            }
            y[o] = (float)whole;
        } else {
            for (ptrdiff_t r = 0; r < reduced; r++) {
                product *= doubles_of(load(start + r * inner, k));
            }
            store(y + o, k, rounded(product));
        }
        o += k;
    }
}

void NAME(max_f32)(ptrdiff_t reduced, ptrdiff_t inner, const float *x, float *y, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t o = first; o < last;) {
        if (inner == 1) {
            y[o] = greatest_of_row(reduced, x + o * reduced);
            o++;
        } else {
            const ptrdiff_t i = o % inner, k = smaller(16, smaller(inner - i, last - o));
            const float *start = x + o / inner * reduced * inner + i;
            lanes m = all(-__builtin_inff());
            for (ptrdiff_t r = 0; r < reduced; r++) {
                m = greater_of(m, load(start + r * inner, k));
            }
            store(y + o, k, m);
            o += k;
        }
    }
}

void NAME(min_f32)(ptrdiff_t reduced, ptrdiff_t inner, const float *x, float *y, ptrdiff_t first, ptrdiff_t last) {
    // The least is what is greatest with the other sign.
    for (ptrdiff_t o = first; o < last;) {
        const ptrdiff_t i = o % inner, k = smaller(16, smaller(inner - i, last - o));
        const float *start = x + o / inner * reduced * inner + i;
        lanes m = all(-__builtin_inff());
        if (inner == 1) {
            for (ptrdiff_t r = 0; r < reduced; r += 16) {
                m = greater_of(m, -load_or(start + r, smaller(16, reduced - r), all(__builtin_inff())));
            }
            struct maximum whole = no_maximum();
            take_into(&whole, m);
            y[o] = -greatest_of(&whole);
        } else {
            for (ptrdiff_t r = 0; r < reduced; r++) {
                m = greater_of(m, -load(start + r * inner, k));
            }
            store(y + o, k, -m);
        }
        o += k;
    }
}

void NAME(argmax_f32)(ptrdiff_t rows, ptrdiff_t columns, const float *x, int64_t *y) {
    const int_lanes counting = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const lanes lowest = all(-__builtin_inff());
    for (ptrdiff_t r = 0; r < rows; r++) {
        const float *row = x + r * columns;
        if (columns == 0) {
            y[r] = -1;
            continue;
        }
        // Lanes behind a short row hold -inf at indices that no tie prefers.
        lanes m = load_or(row, smaller(16, columns), lowest);
        int_lanes best = counting;
        for (ptrdiff_t j = 16; j < columns; j += 16) {
            const lanes v = load_or(row + j, smaller(16, columns - j), lowest);
            const int_lanes taken = (v > m) | ((v != v) & (m == m));
            m = choose(taken, v, m);
            best = choose_int(taken, counting + (int32_t)j, best);
        }
        const int_lanes not_a_number = m != m;
        const int_lanes greatest = m == all(__builtin_reduce_max(m));
        const int_lanes winners = __builtin_reduce_or(not_a_number) != 0 ? not_a_number : greatest;
        y[r] = __builtin_reduce_min(choose_int(winners, best, (int_lanes)(INT32_MAX)));
    }
}

double NAME(sum_of_squares_f32)(ptrdiff_t n, const float *x) {
    double_lanes sum = (double_lanes)(0.0);
    EACH_SIXTEEN(i, k, n, {
        const double_lanes v = doubles_of(load(x + i, k));
        sum += v * v;
    })
    return sum_of_double_lanes(sum);
}
