// Narrow weights: packing, and products with f16 and bf16, for the vector type of lanes_<isa>.h and the half vector of narrow_<isa>.c.
#include "narrow_tile.h"

size_t KERNEL_NAME(narrow_panel_bytes)(engram_narrow numbers, size_t depth) { return narrow_bytes(numbers, depth); }

size_t KERNEL_NAME(narrow_scratch_count)(const engram_window *window) {
    const size_t rows = window->images * window->output_height * window->output_width;
    return NUMBERED_ROWS + smaller(rows, NUMBERED_ROWS) * parts_of(window->channels, 4);
}

void KERNEL_NAME(narrow_pack)(engram_narrow numbers, size_t depth, size_t columns, const float *panels, const float *scales, void *narrow,
                              size_t first_panel, size_t last_panel) {
    for (size_t p = first_panel; p < last_panel; p++) {
        const float *from = panels + p * depth * NR;
        const size_t width = panel_vectors(columns, p) * VL, valid = smaller(NR, columns - p * NR);
        char *panel = (char *)narrow + p * narrow_bytes(numbers, depth);
        memset(panel, 0, narrow_bytes(numbers, depth));
        switch (numbers) {
        case ENGRAM_F16:
            for (size_t k = 0; k < depth; k++) {
                uint16_t *to = (uint16_t *)(void *)panel + k * NR;
                for (size_t c = 0; c < width; c++) { to[c] = half_of(from[k * width + c]); }
            }
            break;
        case ENGRAM_BF16:
            // The even k in the lower half.
            for (size_t k = 0; k < depth; k++) {
                uint32_t *to = (uint32_t *)(void *)panel + k / 2 * NR;
                for (size_t c = 0; c < width; c++) {
                    const uint32_t half = word_of(from[k * width + c]) >> 16;
                    to[c] |= k % 2 == 0 ? half : half << 16;
                }
            }
            break;
        case ENGRAM_I8: {
            // What a unit of each column is, -128 times the column's sum, and [K/4][NR][4].
            float *units = (float *)(void *)panel;
            int32_t *corrections = (int32_t *)(void *)(panel + NR * 4);
            int8_t *to = (int8_t *)panel + NR * 8;
            memcpy(units, scales + p * NR, valid * sizeof(float));
            for (size_t k = 0; k < depth; k++) {
                for (size_t c = 0; c < width; c++) {
                    const int8_t weight = (int8_t)from[k * width + c];
                    corrections[c] -= 128 * weight;
                    to[k / 4 * NR * 4 + c * 4 + k % 4] = weight;
                }
            }
            break;
        }
        }
    }
}

// MARK: f16

static inline __attribute__((always_inline)) void f16_tile(const int rows, const int panels, const narrow_job *job) {
    halves sum[TILE_BLOCK][TILE_PANELS][NR / HL];
    const size_t width = (size_t)panels * NR;
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < NR / HL; v++) { sum[i][p][v] = halves_load(job->sums + (size_t)i * width + p * NR + v * HL); }
        }
    }
    const uint16_t *panel = (const uint16_t *)(const void *)job->panel;
    const size_t stride = job->panel_bytes / 2, depth = job->depth;
    for (size_t k = 0; k < depth; k++, panel += NR) {
        halves left[TILE_BLOCK];
        UNROLL for (int i = 0; i < rows; i++) { left[i] = halves_all(job->rows[i][k]); }
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < NR / HL; v++) {
                const halves right = halves_of(panel + (size_t)p * stride + v * HL);
                UNROLL for (int i = 0; i < rows; i++) { sum[i][p][v] = halves_fma(left[i], right, sum[i][p][v]); }
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < NR / HL; v++) { halves_store(job->sums + (size_t)i * width + p * NR + v * HL, sum[i][p][v]); }
        }
    }
}

DEFINE_NARROW_TILES(f16_tile)

void KERNEL_NAME(matrix_product_f16)(
    const engram_window *window, const float *input, const float *panels, float *output, const engram_epilogue *epilogue,
    size_t first_pixel, size_t last_pixel, size_t first_panel, size_t last_panel, float *scratch) {
    (void)scratch;
    if (first_pixel >= last_pixel || first_panel >= last_panel) { return; }
    multiply_rows(window, f16_tile_tiles, ENGRAM_F16, input, NULL, NULL, (const char *)panels, output, epilogue, first_pixel, last_pixel,
                  first_panel, last_panel);
}

// MARK: bf16

static inline __attribute__((always_inline)) void bf16_tile(const int rows, const int panels, const narrow_job *job) {
    lanes sum[TILE_BLOCK][TILE_PANELS][2];
    const size_t width = (size_t)panels * NR;
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < 2; v++) { sum[i][p][v] = lanes_load(job->sums + (size_t)i * width + p * NR + v * VL); }
        }
    }
    const uint32_t *panel = (const uint32_t *)(const void *)job->panel;
    const size_t stride = job->panel_bytes / 4, depth = job->depth;
    size_t k = 0;
    for (; k + 2 <= depth; k += 2, panel += NR) {
        lanes even[TILE_BLOCK], odd[TILE_BLOCK];
        UNROLL for (int i = 0; i < rows; i++) {
            even[i] = lanes_all(job->rows[i][k]);
            odd[i] = lanes_all(job->rows[i][k + 1]);
        }
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < 2; v++) {
                const uint32_t *pair = panel + (size_t)p * stride + v * VL;
                const lanes lower = lanes_of_lower(pair), upper = lanes_of_upper(pair);
                UNROLL for (int i = 0; i < rows; i++) {
                    sum[i][p][v] = lanes_fma(odd[i], upper, lanes_fma(even[i], lower, sum[i][p][v]));
                }
            }
        }
    }
    if (k < depth) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < 2; v++) {
                const lanes lower = lanes_of_lower(panel + (size_t)p * stride + v * VL);
                UNROLL for (int i = 0; i < rows; i++) { sum[i][p][v] = lanes_fma(lanes_all(job->rows[i][k]), lower, sum[i][p][v]); }
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < 2; v++) { lanes_store(job->sums + (size_t)i * width + p * NR + v * VL, sum[i][p][v]); }
        }
    }
}

DEFINE_NARROW_TILES(bf16_tile)

void KERNEL_NAME(matrix_product_bf16)(
    const engram_window *window, const float *input, const float *panels, float *output, const engram_epilogue *epilogue,
    size_t first_pixel, size_t last_pixel, size_t first_panel, size_t last_panel, float *scratch) {
    (void)scratch;
    if (first_pixel >= last_pixel || first_panel >= last_panel) { return; }
    multiply_rows(window, bf16_tile_tiles, ENGRAM_BF16, input, NULL, NULL, (const char *)panels, output, epilogue, first_pixel, last_pixel,
                  first_panel, last_panel);
}
