// A vector of 8 floats: AVX2 with FMA.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define VL 8
#define TILE_ROWS 6
#define EACH_TILE_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define KERNEL_NAME(name) engram_##name##_avx2

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

typedef __m256 lanes;
typedef __m256i lane_mask;

static inline lanes lanes_zero(void) { return _mm256_setzero_ps(); }
static inline lanes lanes_load(const float *p) { return _mm256_loadu_ps(p); }
static inline void lanes_store(float *p, lanes v) { _mm256_storeu_ps(p, v); }
static inline lanes lanes_all(float x) { return _mm256_set1_ps(x); }
static inline lanes lanes_add(lanes a, lanes b) { return _mm256_add_ps(a, b); }
static inline lanes lanes_sub(lanes a, lanes b) { return _mm256_sub_ps(a, b); }
static inline lanes lanes_mul(lanes a, lanes b) { return _mm256_mul_ps(a, b); }
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return _mm256_fmadd_ps(a, b, c); }
static inline lanes lanes_relu(lanes a) { return _mm256_max_ps(_mm256_setzero_ps(), a); }   // a NaN stays
static inline lanes lanes_or(lanes a, lanes b) { return _mm256_or_ps(a, b); }
/// The bf16 in the lower and the upper halves of 32 bits, as floats.
static inline lanes lanes_of_lower(const uint32_t *p) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_loadu_si256((const __m256i *)(const void *)p), 16));
}
static inline lanes lanes_of_upper(const uint32_t *p) {
    return _mm256_castsi256_ps(_mm256_and_si256(_mm256_loadu_si256((const __m256i *)(const void *)p), _mm256_set1_epi32((int)0xffff0000u)));
}
/// Lanes lo ..< hi.
static inline lane_mask lanes_range(size_t lo, size_t hi) {
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_andnot_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32((int)lo), index), _mm256_cmpgt_epi32(_mm256_set1_epi32((int)hi), index));
}
/// The masked lanes from memory, which alone is touched there; zeros elsewhere.
static inline lanes lanes_load_masked(const float *p, lane_mask m) { return _mm256_maskload_ps(p, m); }
static inline void lanes_store_masked(float *p, lane_mask m, lanes v) { _mm256_maskstore_ps(p, m, v); }

#pragma clang attribute pop
