// A vector of 16 floats: AVX-512.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define VL 16
#define TILE_ROWS 14
#define EACH_TILE_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#define KERNEL_NAME(name) engram_##name##_avx512

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

typedef __m512 lanes;
typedef __mmask16 lane_mask;

static inline lanes lanes_zero(void) { return _mm512_setzero_ps(); }
static inline lanes lanes_load(const float *p) { return _mm512_loadu_ps(p); }
static inline void lanes_store(float *p, lanes v) { _mm512_storeu_ps(p, v); }
static inline lanes lanes_all(float x) { return _mm512_set1_ps(x); }
static inline lanes lanes_add(lanes a, lanes b) { return _mm512_add_ps(a, b); }
static inline lanes lanes_sub(lanes a, lanes b) { return _mm512_sub_ps(a, b); }
static inline lanes lanes_mul(lanes a, lanes b) { return _mm512_mul_ps(a, b); }
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return _mm512_fmadd_ps(a, b, c); }
static inline lanes lanes_relu(lanes a) { return _mm512_max_ps(_mm512_setzero_ps(), a); }   // a NaN stays
static inline lanes lanes_or(lanes a, lanes b) { return _mm512_or_ps(a, b); }
/// The bf16 in the lower and the upper halves of 32 bits, as floats.
static inline lanes lanes_of_lower(const uint32_t *p) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_loadu_si512(p), 16)); }
static inline lanes lanes_of_upper(const uint32_t *p) {
    return _mm512_castsi512_ps(_mm512_and_si512(_mm512_loadu_si512(p), _mm512_set1_epi32((int)0xffff0000u)));
}
/// Lanes lo ..< hi.
static inline lane_mask lanes_range(size_t lo, size_t hi) { return (lane_mask)(((1u << hi) - 1) & ~((1u << lo) - 1)); }
/// The masked lanes from memory, which alone is touched there; zeros elsewhere.
static inline lanes lanes_load_masked(const float *p, lane_mask m) { return _mm512_maskz_loadu_ps(m, p); }
static inline void lanes_store_masked(float *p, lane_mask m, lanes v) { _mm512_mask_storeu_ps(p, m, v); }

#pragma clang attribute pop
