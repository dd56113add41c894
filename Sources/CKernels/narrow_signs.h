// Products of int8 without an instruction for sums of four: |row| times the weight with the row's sign. Neither is -128, so that two of them
// fit into 16 bits.
#pragma once

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define DL 8
typedef __m256i dots;
typedef __m256i dot_weights;
typedef struct { __m256i magnitudes, signs; } dot_row;

static inline dots dots_begin(const int32_t *corrections) {
    (void)corrections;
    return _mm256_setzero_si256();
}
static inline dot_row dots_all(const int8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    const __m256i all = _mm256_set1_epi32(four);
    return (dot_row){_mm256_abs_epi8(all), all};
}
static inline dot_weights dots_load(const char *p) { return _mm256_loadu_si256((const __m256i *)(const void *)p); }
static inline dots dots_add(dots sum, dot_row row, dot_weights weights) {
    const __m256i pairs = _mm256_maddubs_epi16(row.magnitudes, _mm256_sign_epi8(weights, row.signs));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
static inline void dots_finish(dots sum, float scale, const float *units, float *to) {
    const __m256 unit = _mm256_mul_ps(_mm256_set1_ps(scale), _mm256_loadu_ps(units));
    _mm256_storeu_ps(to, _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), unit, _mm256_loadu_ps(to)));
}

#include "narrow_i8_tile.h"
