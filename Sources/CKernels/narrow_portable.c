#include "lanes_portable.h"

#include "half_float.h"

#define HL 4
typedef lanes halves;

static inline halves halves_of(const uint16_t *p) {
    return (halves){float_of_half(p[0]), float_of_half(p[1]), float_of_half(p[2]), float_of_half(p[3])};
}
static inline halves halves_load(const float *p) { return lanes_load(p); }
static inline void halves_store(float *p, halves v) { lanes_store(p, v); }
static inline halves halves_all(float x) { return lanes_all(x); }
static inline halves halves_fma(halves a, halves b, halves c) { return lanes_fma(a, b, c); }

#include "narrow_body.h"

#define DL 4
typedef int32_t dots __attribute__((vector_size(16)));
typedef const int8_t *dot_weights, *dot_row;

static inline dots dots_begin(const int32_t *corrections) {
    (void)corrections;
    return (dots){0, 0, 0, 0};
}
static inline dot_row dots_all(const int8_t *p) { return p; }
static inline dot_weights dots_load(const char *p) { return (const int8_t *)p; }
static inline dots dots_add(dots sum, dot_row row, dot_weights weights) {
    for (int k = 0; k < 4; k++) { sum += row[k] * (dots){weights[k], weights[4 + k], weights[8 + k], weights[12 + k]}; }
    return sum;
}
static inline void dots_finish(dots sum, float scale, const float *units, float *to) {
    for (int c = 0; c < DL; c++) { to[c] += (float)sum[c] * (scale * units[c]); }
}

#include "narrow_i8_tile.h"

void engram_matrix_product_i8_portable(
    const engram_window *window, const float *input, const float *panels, float *output, const engram_epilogue *epilogue,
    size_t first_pixel, size_t last_pixel, size_t first_panel, size_t last_panel, float *scratch) {
    if (first_pixel >= last_pixel || first_panel >= last_panel) { return; }
    multiply_numbers(window, i8_tile_tiles, 0, input, panels, output, epilogue, first_pixel, last_pixel, first_panel, last_panel, scratch);
}
