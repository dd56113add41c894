// The tile of int8 products: exact sums of products of four neighbours of K at a time, by the dots_… of narrow_<isa>.c (DL columns each).
#include "narrow_tile.h"

static inline __attribute__((always_inline)) void i8_tile(const int rows, const int panels, const narrow_job *job) {
    dots sum[TILE_BLOCK][TILE_PANELS][NR / DL];
    UNROLL for (int p = 0; p < panels; p++) {
        const int32_t *corrections = (const int32_t *)(const void *)(job->panel + (size_t)p * job->panel_bytes + NR * 4);
        UNROLL for (int v = 0; v < NR / DL; v++) {
            UNROLL for (int i = 0; i < rows; i++) { sum[i][p][v] = dots_begin(corrections + v * DL); }
        }
    }
    const char *panel = job->panel + NR * 8;
    const size_t stride = job->panel_bytes, depth = job->depth;
    for (size_t k = 0; k < depth; k += 4, panel += NR * 4) {
        dot_row left[TILE_BLOCK];
        UNROLL for (int i = 0; i < rows; i++) { left[i] = dots_all(job->numbers[i] + k); }
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < NR / DL; v++) {
                const dot_weights right = dots_load(panel + (size_t)p * stride + v * DL * 4);
                UNROLL for (int i = 0; i < rows; i++) { sum[i][p][v] = dots_add(sum[i][p][v], left[i], right); }
            }
        }
    }
    UNROLL for (int p = 0; p < panels; p++) {
        const float *units = (const float *)(const void *)(job->panel + (size_t)p * job->panel_bytes);
        UNROLL for (int i = 0; i < rows; i++) {
            UNROLL for (int v = 0; v < NR / DL; v++) {
                float *to = job->sums + (size_t)i * (size_t)panels * NR + p * NR + v * DL;
                dots_finish(sum[i][p][v], job->scales[i], units + v * DL, to);
            }
        }
    }
}

DEFINE_NARROW_TILES(i8_tile)
