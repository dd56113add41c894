// The products of product_body.h where each lane holds two neighbours of K as bf16, which are multiplied and added to a float32 sum:
// twice the multiply-adds of an instruction.
#include "lanes_avx512.h"

#undef KERNEL_NAME
#define KERNEL_NAME(name) engram_##name##_bf16

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), apply_to = function)
static inline lanes pairs_fma(lanes a, lanes b, lanes sum) { return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b); }
#define lanes_fma pairs_fma
#include "product_body.h"
#pragma clang attribute pop
