// Floats and their bits, and floats of 16 bits.
#pragma once

#include <stdint.h>

static inline __attribute__((always_inline)) uint32_t word_of(float x) { return __builtin_bit_cast(uint32_t, x); }
static inline __attribute__((always_inline)) float float_of(uint32_t x) { return __builtin_bit_cast(float, x); }

/// To nearest even: normal results by an integer addition before the cut, subnormal ones by letting x + 0.5 round.
static inline __attribute__((always_inline)) uint16_t half_of(float x) {
    const uint32_t word = word_of(x), sign = word >> 16 & 0x8000u, magnitude = word & 0x7fffffffu;
    const uint32_t normal = (magnitude + 0xfffu + (magnitude >> 13 & 1u) - 0x38000000u) >> 13;
    const uint32_t subnormal = word_of(float_of(magnitude) + 0.5f) - 0x3f000000u;
    const uint32_t finite = magnitude < 0x38800000u ? subnormal : normal;
    const uint32_t nan = 0x7e00u | (magnitude >> 13 & 0x3ffu);
    const uint32_t bounded = magnitude >= 0x477ff000u ? 0x7c00u : finite;
    return (uint16_t)(sign | (magnitude > 0x7f800000u ? nan : bounded));
}

static inline __attribute__((always_inline)) float float_of_half(uint16_t x) {
    const uint32_t sign = (uint32_t)(x & 0x8000u) << 16, magnitude = x & 0x7fffu;
    const uint32_t normal = (magnitude << 13) + 0x38000000u;
    const uint32_t subnormal = word_of((float)(int32_t)magnitude * 0x1p-24f);
    const uint32_t special = (magnitude << 13) + 0x70000000u;
    const uint32_t quiet = magnitude > 0x7c00u ? 0x400000u : 0u;
    const uint32_t finite = magnitude < 0x400u ? subnormal : normal;
    return float_of(sign | (magnitude >= 0x7c00u ? special | quiet : finite));
}
