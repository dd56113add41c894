// Broadcasting and its gradient; see include/elementwise.h.

/// Moves to the next row: counts `index` up in row-major order over `rank` sizes, and the offsets along.
INLINE void advance(ptrdiff_t rank, const ptrdiff_t *sizes, ptrdiff_t *index, const ptrdiff_t *strides, ptrdiff_t *offset,
                    const ptrdiff_t *other_strides, ptrdiff_t *other_offset) {
    for (ptrdiff_t d = rank - 1; d >= 0; d--) {
        *offset += strides[d];
        *other_offset += other_strides[d];
        if (++index[d] < sizes[d]) {
            return;
        }
        index[d] = 0;
        *offset -= sizes[d] * strides[d];
        *other_offset -= sizes[d] * other_strides[d];
    }
}

/// The index of row `row`, and its offset.
INLINE ptrdiff_t place_of(ptrdiff_t row, ptrdiff_t rank, const ptrdiff_t *sizes, const ptrdiff_t *strides, ptrdiff_t *index) {
    ptrdiff_t offset = 0;
    for (ptrdiff_t d = rank - 1; d >= 0; d--) {
        index[d] = row % sizes[d];
        row /= sizes[d];
        offset += index[d] * strides[d];
    }
    return offset;
}

#define BROADCAST(name, operation) \
    void NAME(name)(ptrdiff_t rank, const ptrdiff_t *sizes, const float *a, const ptrdiff_t *a_strides, const float *b, \
                    const ptrdiff_t *b_strides, float *y, ptrdiff_t first, ptrdiff_t last) { \
        const ptrdiff_t outer = rank > 0 ? rank - 1 : 0; \
        const ptrdiff_t n = rank > 0 ? sizes[outer] : 1, as = rank > 0 ? a_strides[outer] : 1, \
                        bs = rank > 0 ? b_strides[outer] : 1; \
        if (first >= last || n == 0) { \
            return; \
        } \
        ptrdiff_t index[8]; \
        ptrdiff_t a_offset = place_of(first, outer, sizes, a_strides, index), \
                  b_offset = place_of(first, outer, sizes, b_strides, index); \
        for (ptrdiff_t row = first; row < last; row++) { \
            const float *p = a + a_offset, *q = b + b_offset; \
            float *out = y + row * n; \
            if (as == 1 && bs == 1) { \
                EACH (i, n) { \
                    out[i] = p[i] operation q[i]; \
                } \
            } else if (as == 1 && bs == 0) { \
                const float scalar = *q; \
                EACH (i, n) { \
                    out[i] = p[i] operation scalar; \
                } \
            } else if (as == 0 && bs == 1) { \
                const float scalar = *p; \
                EACH (i, n) { \
                    out[i] = scalar operation q[i]; \
                } \
            } else { \
                for (ptrdiff_t i = 0; i < n; i++) { \
                    out[i] = p[i * as] operation q[i * bs]; \
                } \
            } \
            advance(outer, sizes, index, a_strides, &a_offset, b_strides, &b_offset); \
        } \
    }
BROADCAST(add_broadcast_f32, +)
BROADCAST(subtract_broadcast_f32, -)
BROADCAST(multiply_broadcast_f32, *)
BROADCAST(divide_broadcast_f32, /)
#undef BROADCAST

/// Dimensions that are walked together: the last one is the inner loop, the others are counted by `index`.
struct walk {
    ptrdiff_t rank, sizes[8], strides[8];
};

INLINE void walk_append(struct walk *walk, ptrdiff_t size, ptrdiff_t stride, bool joins_last) {
    if (joins_last) {
        walk->sizes[walk->rank - 1] *= size;
        walk->strides[walk->rank - 1] = stride;
    } else {
        walk->sizes[walk->rank] = size;
        walk->strides[walk->rank++] = stride;
    }
}

void NAME(reduce_to_shape_f32)(ptrdiff_t rank, const ptrdiff_t *sizes, const float *x, const ptrdiff_t *y_strides, float *y,
                               ptrdiff_t first, ptrdiff_t last) {
    // Neighbouring dimensions of one kind are one; those of size 1 are none.
    struct walk kept = {0}, reduced = {0};
    ptrdiff_t x_stride[8], stride = 1;
    for (ptrdiff_t d = rank - 1; d >= 0; d--) {
        x_stride[d] = stride;
        stride *= sizes[d];
    }
    int before = 0;
    for (ptrdiff_t d = 0; d < rank; d++) {
        if (sizes[d] != 1) {
            const int kind = y_strides[d] != 0 ? 1 : 2;
            walk_append(kind == 1 ? &kept : &reduced, sizes[d], x_stride[d], kind == before);
            before = kind;
        }
    }
    const bool inner_kept = before != 2;
    const ptrdiff_t inner = inner_kept && kept.rank > 0 ? kept.sizes[kept.rank - 1] : 1;
    const ptrdiff_t kept_outer = inner_kept && kept.rank > 0 ? kept.rank - 1 : kept.rank;
    ptrdiff_t runs = 1;
    for (ptrdiff_t d = 0; d + 1 < reduced.rank; d++) {
        runs *= reduced.sizes[d];
    }
    const ptrdiff_t run = reduced.rank > 0 ? reduced.sizes[reduced.rank - 1] : 1,
                    run_stride = reduced.rank > 0 ? reduced.strides[reduced.rank - 1] : 1;
    const ptrdiff_t reduced_outer = larger(reduced.rank - 1, 0);
    for (ptrdiff_t o = first; o < last;) {
        ptrdiff_t index[8], reduced_index[8] = {0}, offset = 0, unused = 0;
        const float *start = x + place_of(o / inner, kept_outer, kept.sizes, kept.strides, index) + o % inner;
        if (inner_kept) {
            const ptrdiff_t k = smaller(16, smaller(inner - o % inner, last - o));
            double_lanes sum = (double_lanes)(0.0);
            for (ptrdiff_t r = 0; r < runs; r++) {
                for (ptrdiff_t i = 0; i < run; i++) {
                    sum += doubles_of(load(start + offset + i * run_stride, k));
                }
                advance(reduced_outer, reduced.sizes, reduced_index, reduced.strides, &offset, reduced.strides, &unused);
            }
            store(y + o, k, rounded(sum));
            o += k;
        } else {
            double_lanes sum = (double_lanes)(0.0);
            for (ptrdiff_t r = 0; r < runs; r++) {
                for (ptrdiff_t i = 0; i < run; i += 16) {
                    sum += doubles_of(load(start + offset + i, smaller(16, run - i)));
                }
                advance(reduced_outer, reduced.sizes, reduced_index, reduced.strides, &offset, reduced.strides, &unused);
            }
            y[o++] = (float)sum_of_double_lanes(sum);
        }
    }
}
