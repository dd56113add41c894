// A vector of 4 floats in the compiler's own vector type, for any processor.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang fp contract(fast)

#define VL 4
#define TILE_ROWS 4
#define EACH_TILE_ROWS(X) X(1) X(2) X(3) X(4)
#define KERNEL_NAME(name) engram_##name##_portable

typedef float lanes __attribute__((vector_size(16)));
typedef int32_t lane_bits __attribute__((vector_size(16)));
typedef struct { uint32_t lo, hi; } lane_mask;

static inline lanes lanes_zero(void) { return (lanes){0, 0, 0, 0}; }
static inline lanes lanes_load(const float *p) {
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline void lanes_store(float *p, lanes v) { memcpy(p, &v, sizeof v); }
static inline lanes lanes_all(float x) { return (lanes){x, x, x, x}; }
static inline lanes lanes_add(lanes a, lanes b) { return a + b; }
static inline lanes lanes_sub(lanes a, lanes b) { return a - b; }
static inline lanes lanes_mul(lanes a, lanes b) { return a * b; }
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return a * b + c; }
static inline lanes lanes_relu(lanes a) { return (lanes)(~(a <= 0) & (lane_bits)a); }   // a NaN stays
static inline lanes lanes_or(lanes a, lanes b) { return (lanes)((lane_bits)a | (lane_bits)b); }
/// The bf16 in the lower and the upper halves of 32 bits, as floats.
static inline lanes lanes_of_lower(const uint32_t *p) { return (lanes)((lane_bits){(int32_t)p[0], (int32_t)p[1], (int32_t)p[2], (int32_t)p[3]} << 16); }
static inline lanes lanes_of_upper(const uint32_t *p) {
    return (lanes)((lane_bits){(int32_t)p[0], (int32_t)p[1], (int32_t)p[2], (int32_t)p[3]} & (int32_t)0xffff0000u);
}
/// Lanes lo ..< hi.
static inline lane_mask lanes_range(size_t lo, size_t hi) { return (lane_mask){(uint32_t)lo, (uint32_t)hi}; }
/// The masked lanes from memory, which alone is touched there; zeros elsewhere.
static inline lanes lanes_load_masked(const float *p, lane_mask m) {
    if (m.lo == 0 && m.hi == VL) { return lanes_load(p); }
    lanes v = lanes_zero();
    for (uint32_t i = m.lo; i < m.hi; i++) { v[i] = p[i]; }
    return v;
}
static inline void lanes_store_masked(float *p, lane_mask m, lanes v) {
    if (m.lo == 0 && m.hi == VL) {
        lanes_store(p, v);
        return;
    }
    for (uint32_t i = m.lo; i < m.hi; i++) { p[i] = v[i]; }
}
