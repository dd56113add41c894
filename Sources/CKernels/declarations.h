// Every kernel of every instruction set: engram_<name>_<isa>.
#pragma once

#include "kernels.h"

#define KERNEL(result, name, parameters)     \
    result engram_##name##_portable parameters; \
    result engram_##name##_avx2 parameters;     \
    result engram_##name##_avx512 parameters;
#include "kernels.inc"
#include "elementwise.inc"
#undef KERNEL

void engram_matrix_product_i8_vnni(const engram_window *window, const float *input, const float *panels, float *output,
                                   const engram_epilogue *epilogue, size_t first_pixel, size_t last_pixel, size_t first_panel,
                                   size_t last_panel, float *scratch);
size_t engram_scratch_count_bf16(const engram_window *window);
void engram_window_product_bf16(const engram_window *window, const float *input, const float *panels, float *output,
                                const engram_epilogue *epilogue, size_t first_pixel, size_t last_pixel, size_t first_panel, size_t last_panel,
                                float *scratch);
