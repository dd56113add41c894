// Conversions between element types; see include/elementwise.h.

#include "half_float.h"

void NAME(convert_f32_to_f16)(ptrdiff_t n, const float *x, uint16_t *y) {
    ptrdiff_t i = 0;
#if ENGRAM_VECTOR_BITS >= 256
    for (; i + 8 <= n; i += 8) {
        _mm_storeu_si128((__m128i *)(void *)(y + i), _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT));
    }
#endif
    EACH (j, n - i) {
        y[i + j] = half_of(x[i + j]);
    }
}

void NAME(convert_f16_to_f32)(ptrdiff_t n, const uint16_t *x, float *y) {
    ptrdiff_t i = 0;
#if ENGRAM_VECTOR_BITS >= 256
    for (; i + 8 <= n; i += 8) {
        _mm256_storeu_ps(y + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(x + i))));
    }
#endif
    EACH (j, n - i) {
        y[i + j] = float_of_half(x[i + j]);
    }
}

INLINE uint32_t brain_of(float x) {
    const uint32_t word = word_of(x);
    const uint32_t nearest = (word + 0x7fffu + (word >> 16 & 1u)) >> 16;
    return (word & 0x7fffffffu) > 0x7f800000u ? (word >> 16 | 0x40u) : nearest;
}

void NAME(convert_f32_to_bf16)(ptrdiff_t n, const float *x, uint16_t *y) {
    EACH (i, n) {
        y[i] = (uint16_t)brain_of(x[i]);
    }
}

void NAME(pair_bf16)(ptrdiff_t n, const float *even, const float *odd, uint32_t *y) {
    EACH (i, n) {
        y[i] = brain_of(odd[i]) << 16 | brain_of(even[i]);
    }
}

void NAME(convert_bf16_to_f32)(ptrdiff_t n, const uint16_t *x, float *y) {
    EACH (i, n) {
        y[i] = float_of((uint32_t)x[i] << 16);
    }
}

/// x within the bounds, NaN as 0.
INLINE float bounded(float x, float lowest, float highest) {
    const float number = x == x ? x : 0.0f;
    const float above = number < lowest ? lowest : number;
    return above > highest ? highest : above;
}

void NAME(convert_f32_to_i8)(ptrdiff_t n, const float *x, int8_t *y) {
    EACH (i, n) {
        y[i] = (int8_t)(int32_t)bounded(x[i], -128.0f, 127.0f);
    }
}

void NAME(convert_f32_to_u8)(ptrdiff_t n, const float *x, uint8_t *y) {
    EACH (i, n) {
        y[i] = (uint8_t)(int32_t)bounded(x[i], 0.0f, 255.0f);
    }
}

void NAME(convert_f32_to_i32)(ptrdiff_t n, const float *x, int32_t *y) {
    EACH (i, n) {
        // 2^31 - 128 is the greatest float below 2^31.
        const int32_t inside = (int32_t)bounded(x[i], -0x1p31f, 0x1p31f - 128.0f);
        y[i] = x[i] >= 0x1p31f ? INT32_MAX : inside;
    }
}

void NAME(convert_f32_to_i64)(ptrdiff_t n, const float *x, int64_t *y) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const int64_t inside = (int64_t)bounded(x[i], -0x1p63f, 0x1p63f - 0x1p39f);
        y[i] = x[i] >= 0x1p63f ? INT64_MAX : inside;
    }
}

void NAME(convert_f32_to_bool)(ptrdiff_t n, const float *x, uint8_t *y) {
    EACH (i, n) {
        y[i] = x[i] != 0 ? 1 : 0;
    }
}

#define WIDEN(name, type) \
    void NAME(name)(ptrdiff_t n, const type *x, float *y) { \
        EACH (i, n) { \
            y[i] = (float)x[i]; \
        } \
    }
WIDEN(convert_i8_to_f32, int8_t)
WIDEN(convert_u8_to_f32, uint8_t)
WIDEN(convert_i32_to_f32, int32_t)
#undef WIDEN

void NAME(convert_i64_to_f32)(ptrdiff_t n, const int64_t *x, float *y) {
    for (ptrdiff_t i = 0; i < n; i++) {
        y[i] = (float)x[i];
    }
}

void NAME(convert_bool_to_f32)(ptrdiff_t n, const uint8_t *x, float *y) {
    EACH (i, n) {
        y[i] = x[i] != 0 ? 1.0f : 0.0f;
    }
}
