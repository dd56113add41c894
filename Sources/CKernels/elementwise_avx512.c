// The kernels of elementwise.inc for the instruction set `avx512`.
#include "elementwise.h"

#include <immintrin.h>

#define ENGRAM_ISA avx512
#define ENGRAM_VECTOR_BITS 512
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)
#include "elementwise_bodies.h"
#pragma clang attribute pop
