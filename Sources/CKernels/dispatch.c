// The tables of kernels, and which of them this processor can run.
#include "declarations.h"

#include <stdbool.h>

#define ENTRY(name, isa) .name = engram_##name##_##isa,

#define KERNEL(result, name, parameters) ENTRY(name, portable)
static const engram_kernels portable = {
    .isa = ENGRAM_PORTABLE, .name = "portable", .vector = 4, .panel_columns = 8, .tile_rows = 4,
#include "elementwise.inc"
#include "kernels.inc"
};
#undef KERNEL

#define KERNEL(result, name, parameters) ENTRY(name, avx2)
static const engram_kernels avx2 = {
    .isa = ENGRAM_AVX2, .name = "avx2", .vector = 8, .panel_columns = 16, .tile_rows = 6,
#include "elementwise.inc"
#include "kernels.inc"
};
#undef KERNEL

#define KERNEL(result, name, parameters) ENTRY(name, avx512)
static const engram_kernels avx512 = {
    .isa = ENGRAM_AVX512, .name = "avx512", .vector = 16, .panel_columns = 32, .tile_rows = 14,
#include "elementwise.inc"
#include "kernels.inc"
};
static const engram_kernels avx512_bf16 = {
    .isa = ENGRAM_AVX512, .name = "avx512", .vector = 16, .panel_columns = 32, .tile_rows = 14,
    .window_product_bf16 = engram_window_product_bf16,
#include "elementwise.inc"
#include "kernels.inc"
};
#undef KERNEL

const engram_kernels *engram_kernels_for(engram_isa isa) {
    bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    switch (isa) {
    case ENGRAM_PORTABLE:
        return &portable;
    case ENGRAM_AVX2:
        return has_avx2 ? &avx2 : NULL;
    case ENGRAM_AVX512: {
        bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
        return !has_avx512 ? NULL : __builtin_cpu_supports("avx512bf16") ? &avx512_bf16 : &avx512;
    }
    }
    return NULL;
}
