#include "lanes_avx512.h"

#include "declarations.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#include "half_lanes.h"
#include "narrow_body.h"
#include "narrow_signs.h"

void engram_matrix_product_i8_without_vnni(
    const engram_window *window, const float *input, const float *panels, float *output, const engram_epilogue *epilogue,
    size_t first_pixel, size_t last_pixel, size_t first_panel, size_t last_panel, float *scratch) {
    if (first_pixel >= last_pixel || first_panel >= last_panel) { return; }
    multiply_numbers(window, i8_tile_tiles, 0, input, panels, output, epilogue, first_pixel, last_pixel, first_panel, last_panel, scratch);
}
#pragma clang attribute pop

void engram_matrix_product_i8_avx512(
    const engram_window *window, const float *input, const float *panels, float *output, const engram_epilogue *epilogue,
    size_t first_pixel, size_t last_pixel, size_t first_panel, size_t last_panel, float *scratch) {
    (__builtin_cpu_supports("avx512vnni") ? engram_matrix_product_i8_vnni : engram_matrix_product_i8_without_vnni)(
        window, input, panels, output, epilogue, first_pixel, last_pixel, first_panel, last_panel, scratch);
}
