// Permutation of dimensions; see include/elementwise.h.

// Squares of words are turned over in registers, by rounds of interleaving row i with row i + side/2.
#if ENGRAM_VECTOR_BITS == 512
#define TURN_SIDE 16
#define INTERLEAVE_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define INTERLEAVE_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif ENGRAM_VECTOR_BITS == 256
#define TURN_SIDE 8
#define INTERLEAVE_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define INTERLEAVE_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define TURN_SIDE 4
#define INTERLEAVE_LOW 0, 4, 1, 5
#define INTERLEAVE_HIGH 2, 6, 3, 7
#endif

typedef uint32_t turn_row __attribute__((ext_vector_type(TURN_SIDE)));

INLINE void turn_rows(turn_row rows[TURN_SIDE]) {
#pragma clang loop unroll(full)
    for (int round = 1; round < TURN_SIDE; round *= 2) {
        turn_row next[TURN_SIDE];
#pragma clang loop unroll(full)
        for (int i = 0; i < TURN_SIDE / 2; i++) {
            next[2 * i] = __builtin_shufflevector(rows[i], rows[i + TURN_SIDE / 2], INTERLEAVE_LOW);
            next[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + TURN_SIDE / 2], INTERLEAVE_HIGH);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < TURN_SIDE; i++) {
            rows[i] = next[i];
        }
    }
}

INLINE void turn_square(const uint32_t *x, ptrdiff_t x_stride, uint32_t *y, ptrdiff_t y_stride) {
    turn_row rows[TURN_SIDE];
#pragma clang loop unroll(full)
    for (int i = 0; i < TURN_SIDE; i++) {
        __builtin_memcpy(&rows[i], x + i * x_stride, sizeof rows[i]);
    }
    turn_rows(rows);
#pragma clang loop unroll(full)
    for (int i = 0; i < TURN_SIDE; i++) {
        __builtin_memcpy(y + i * y_stride, &rows[i], sizeof rows[i]);
    }
}

/// What is left at the edges: y[i][j] = x[j][i] for i < rows, j < columns, one of them below TURN_SIDE.
INLINE void turn_edge(ptrdiff_t rows, ptrdiff_t columns, const uint32_t *x, ptrdiff_t x_stride, uint32_t *y, ptrdiff_t y_stride) {
#if ENGRAM_VECTOR_BITS == 512
    for (ptrdiff_t i = 0; i < rows; i += 16) {
        for (ptrdiff_t j = 0; j < columns; j += 16) {
            const ptrdiff_t height = smaller(16, rows - i), width = smaller(16, columns - j);
            turn_row square[16];
#pragma clang loop unroll(full)
            for (int l = 0; l < 16; l++) {
                square[l] = l < width
                                ? __builtin_bit_cast(turn_row, load_int((const int32_t *)x + (j + l) * x_stride + i, height))
                                : (turn_row)(0);
            }
            turn_rows(square);
#pragma clang loop unroll(full)
            for (int l = 0; l < 16; l++) {
                if (l < height) {
                    store_int((int32_t *)y + (i + l) * y_stride + j, width, __builtin_bit_cast(int_lanes, square[l]));
                }
            }
        }
    }
#else
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < columns; j++) {
            y[i * y_stride + j] = x[j * x_stride + i];
        }
    }
#endif
}

/// Few columns without gaps, as colours of pixels are: stores of whole vectors are left to the compiler.
INLINE void turn_few(ptrdiff_t rows, const int columns, const uint32_t *restrict x, ptrdiff_t x_stride, uint32_t *restrict y) {
    for (ptrdiff_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < columns; j++) {
            y[i * columns + j] = x[j * x_stride + i];
        }
    }
}

/// y[i][j] = x[j][i] for i < rows, j < columns; rows of x lie x_stride apart.
INLINE void turn(ptrdiff_t rows, ptrdiff_t columns, const uint32_t *x, ptrdiff_t x_stride, uint32_t *y, ptrdiff_t y_stride) {
    if (columns == y_stride && columns >= 2 && columns <= 4) {
        if (columns == 2) {
            turn_few(rows, 2, x, x_stride, y);
        } else if (columns == 3) {
            turn_few(rows, 3, x, x_stride, y);
        } else {
            turn_few(rows, 4, x, x_stride, y);
        }
        return;
    }
    const ptrdiff_t whole_rows = rows - rows % TURN_SIDE, whole_columns = columns - columns % TURN_SIDE;
    for (ptrdiff_t i = 0; i < whole_rows; i += TURN_SIDE) {
        for (ptrdiff_t j = 0; j < whole_columns; j += TURN_SIDE) {
            turn_square(x + j * x_stride + i, x_stride, y + i * y_stride + j, y_stride);
        }
    }
    turn_edge(whole_rows, columns - whole_columns, x + whole_columns * x_stride, x_stride, y + whole_columns, y_stride);
    turn_edge(rows - whole_rows, columns, x + whole_rows, x_stride, y + whole_rows * y_stride, y_stride);
}

void NAME(transpose_b32)(ptrdiff_t rows, ptrdiff_t columns, const void *x, void *y, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t row = first; row < last;) {
        const ptrdiff_t column = row % columns, n = smaller(last - row, columns - column);
        turn(n, rows, (const uint32_t *)x + row / columns * rows * columns + column, columns, (uint32_t *)y + row * rows, rows);
        row += n;
    }
}

#define PERMUTE(bits, turns) \
    void NAME(permute_b##bits)(ptrdiff_t rank, const ptrdiff_t *sizes, const ptrdiff_t *strides, const void *x, void *y, \
                               ptrdiff_t first, ptrdiff_t last) { \
        const ptrdiff_t outer = rank > 0 ? rank - 1 : 0, n = rank > 0 ? sizes[outer] : 1, \
                        stride = rank > 0 ? strides[outer] : 1; \
        ptrdiff_t index[8], unused = 0; \
        if (first >= last || n == 0) { \
            return; \
        } \
        ptrdiff_t offset = place_of(first, outer, sizes, strides, index); \
        for (ptrdiff_t row = first; row < last; row++) { \
            const uint##bits##_t *from = (const uint##bits##_t *)x + offset; \
            uint##bits##_t *to = (uint##bits##_t *)y + row * n; \
            if (stride == 1) { \
                __builtin_memcpy(to, from, (size_t)n * sizeof *to); \
            } else if (turns && outer > 0 && strides[outer - 1] == 1) { \
                const ptrdiff_t count = smaller(last - row, sizes[outer - 1] - index[outer - 1]); \
                turn(count, n, (const uint32_t *)(const void *)from, stride, (uint32_t *)(void *)to, n); \
                row += count - 1; \
                offset += count - 1; \
                index[outer - 1] += count - 1; \
            } else { \
                for (ptrdiff_t i = 0; i < n; i++) { \
                    to[i] = from[i * stride]; \
                } \
            } \
            advance(outer, sizes, index, strides, &offset, strides, &unused); \
        } \
    }
PERMUTE(8, false)
PERMUTE(16, false)
PERMUTE(32, true)
PERMUTE(64, false)
#undef PERMUTE
#undef TURN_SIDE
#undef INTERLEAVE_LOW
#undef INTERLEAVE_HIGH
