// Products of a matrix's rows with a vector; see include/elementwise.h.

void NAME(row_dots_f32)(
    ptrdiff_t rows, ptrdiff_t depth, const float *x, const float *w, float bias, int relu, float *y) {
    for (ptrdiff_t row = 0; row < rows; row++, x += depth) {
        lanes sum = all(0);
        EACH_SIXTEEN(i, k, depth, sum += load(x + i, k) * load(w + i, k);)
        const float value = sum_of_lanes(sum) + bias;
        y[row] = relu && !(value > 0) && value == value ? 0 : value;
    }
}
