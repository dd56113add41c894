// int8 products by VNNI: unsigned rows, 128 too large each, times signed weights; the panels hold what that adds.
#include "lanes_avx512.h"

#include "declarations.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#include <string.h>

#define DL 16
typedef __m512i dots;
typedef __m512i dot_weights;
typedef __m512i dot_row;

static inline dots dots_begin(const int32_t *corrections) { return _mm512_loadu_si512(corrections); }
static inline dot_row dots_all(const int8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
}
static inline dot_weights dots_load(const char *p) { return _mm512_loadu_si512(p); }
static inline dots dots_add(dots sum, dot_row row, dot_weights weights) { return _mm512_dpbusd_epi32(sum, row, weights); }
static inline void dots_finish(dots sum, float scale, const float *units, float *to) {
    const __m512 unit = _mm512_mul_ps(_mm512_set1_ps(scale), _mm512_loadu_ps(units));
    _mm512_storeu_ps(to, _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), unit, _mm512_loadu_ps(to)));
}

#include "narrow_i8_tile.h"

void engram_matrix_product_i8_vnni(
    const engram_window *window, const float *input, const float *panels, float *output, const engram_epilogue *epilogue,
    size_t first_pixel, size_t last_pixel, size_t first_panel, size_t last_panel, float *scratch) {
    if (first_pixel >= last_pixel || first_panel >= last_panel) { return; }
    multiply_numbers(window, i8_tile_tiles, 128, input, panels, output, epilogue, first_pixel, last_pixel, first_panel, last_panel, scratch);
}
#pragma clang attribute pop
