// Interpolation between neighbours along a dimension; see include/elementwise.h.

void NAME(interpolate_f32)(ptrdiff_t size, ptrdiff_t inner, ptrdiff_t count, const int32_t *lower, const float *weight,
                           const float *x, float *y, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t row = first; row < last; row++) {
        const ptrdiff_t place = row % count;
        const float *near = x + (row / count * size + lower[place]) * inner, *far = near + inner;
        float *to = y + row * inner;
        const float share = weight[place];
        if (share == 0) {
            __builtin_memcpy(to, near, (size_t)inner * sizeof *to);
        } else {
            EACH (i, inner) {
                to[i] = near[i] + share * (far[i] - near[i]);
            }
        }
    }
}
