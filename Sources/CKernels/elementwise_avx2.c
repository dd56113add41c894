// The kernels of elementwise.inc for the instruction set `avx2`.
#include "elementwise.h"

#include <immintrin.h>

#define ENGRAM_ISA avx2
#define ENGRAM_VECTOR_BITS 256
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "elementwise_bodies.h"
#pragma clang attribute pop
