// Products of a matrix's few rows with narrow weights; included by narrow_<isa>.c, with product_panels.h's NR.
//
// Few rows are bound by the weights' way from memory: they are read once, in the form in which they lie there. A row is read where it lies, not
// packed. Panels of 16-bit weights give the same sums as those of floats: one accumulator an element, k ascending.
#pragma once

#include "half_float.h"
#include "product_panels.h"
#include "sizes.h"

#include <string.h>

enum {
    TILE_BLOCK = 4,           // rows of the largest tile
    TILE_PANELS = 4,          // panels of a tile of one row
    NUMBERED_ROWS = 112,      // rows that are turned into int8 at a time
};

/// Panels that a tile of so many rows takes at most, so that enough sums are under way.
static const size_t tile_panels[TILE_BLOCK] = {TILE_PANELS, 2, 1, 1};

/// A tile: sums[row][columns of its panels] += rows times panels.
typedef struct {
    size_t depth;
    const char *panel;               // the first one
    size_t panel_bytes;
    const float *rows[TILE_BLOCK];
    const int8_t *numbers[TILE_BLOCK];   // of int8 products: the rows as integers, and what a unit of them is
    float scales[TILE_BLOCK];
    float *sums;
} narrow_job;

typedef void (*narrow_tile)(const narrow_job *);

/// The tiles of a body: [rows - 1][panels - 1].
typedef narrow_tile narrow_tiles[TILE_BLOCK][TILE_PANELS];

#define DEFINE_NARROW_TILE(body, rows, panels) \
    static void body##_##rows##x##panels(const narrow_job *job) { body(rows, panels, job); }

/// Defines the tiles of a body, as many as tile_panels asks for, and their table.
#define DEFINE_NARROW_TILES(body)                                                                     \
    DEFINE_NARROW_TILE(body, 1, 1)                                                                    \
    DEFINE_NARROW_TILE(body, 1, 2)                                                                    \
    DEFINE_NARROW_TILE(body, 1, 3)                                                                    \
    DEFINE_NARROW_TILE(body, 1, 4)                                                                    \
    DEFINE_NARROW_TILE(body, 2, 1)                                                                    \
    DEFINE_NARROW_TILE(body, 2, 2)                                                                    \
    DEFINE_NARROW_TILE(body, 3, 1)                                                                    \
    DEFINE_NARROW_TILE(body, 4, 1)                                                                    \
    static const narrow_tiles body##_tiles = {{body##_1x1, body##_1x2, body##_1x3, body##_1x4},       \
                                              {body##_2x1, body##_2x2}, {body##_3x1}, {body##_4x1}};

// MARK: Panels

static size_t narrow_bytes(engram_narrow numbers, size_t depth) {
    switch (numbers) {
    case ENGRAM_F16: return rounded_up(depth * NR * 2, 64);
    case ENGRAM_BF16: return rounded_up(parts_of(depth, 2) * NR * 4, 64);
    case ENGRAM_I8: return rounded_up(NR * 8 + parts_of(depth, 4) * NR * 4, 64);
    }
    return 0;
}

// MARK: Rows as integers

/// numbers[k] = the nearest integer to 127 x[k] / max |x|, as that and `offset`; zeros up to a multiple of 4. Returns max |x| / 127.
///
/// A row whose largest is below 2^-100 counts as zeros; one with a NaN or infinity gives NaN.
static float number_row(const float *x, size_t depth, uint8_t offset, int8_t *numbers) {
#pragma clang fp contract(off)
    uint32_t largest = 0;
    for (size_t k = 0; k < depth; k++) {
        uint32_t magnitude = word_of(x[k]) & 0x7fffffffu;
        largest = magnitude > largest ? magnitude : largest;
    }
    const float most = float_of(largest);
    const bool finite = largest < 0x7f800000u;
    if (!finite || most < 0x1p-100f) {
        memset(numbers, offset, rounded_up(depth, 4));
        return finite ? 0 : __builtin_nanf("");
    }
    const float factor = 127.0f / most;
    for (size_t k = 0; k < depth; k++) {
        const float scaled = x[k] * factor;
        // The sum's lowest bits are the nearest integer.
        numbers[k] = (int8_t)(uint8_t)(word_of(scaled + 0x1.8p23f) + offset);
    }
    memset(numbers + depth, offset, rounded_up(depth, 4) - depth);
    return most / 127.0f;
}

// MARK: The driver

/// The old sums of rows, or zeros.
static inline void begin_sums(const float *output, ptrdiff_t stride, bool accumulate, size_t rows, size_t columns, size_t width, float *sums) {
    for (size_t i = 0; i < rows; i++) {
        for (size_t c = 0; c < width; c += VL) {
            lanes sum = lanes_zero();
            if (accumulate && c < columns) {
                sum = lanes_load_masked(output + (ptrdiff_t)i * stride + c, lanes_range(0, smaller(VL, columns - c)));
            }
            lanes_store(sums + i * width + c, sum);
        }
    }
}

static inline void finish_sums(const float *sums, size_t width, const float *bias, bool relu, size_t rows, size_t columns, float *output,
                               ptrdiff_t stride) {
    for (size_t c = 0; c < columns; c += VL) {
        const lane_mask mask = lanes_range(0, smaller(VL, columns - c));
        const lanes shift = bias ? lanes_load_masked(bias + c, mask) : lanes_zero();
        for (size_t i = 0; i < rows; i++) {
            lanes sum = lanes_load(sums + i * width + c);
            if (bias) { sum = lanes_add(sum, shift); }
            lanes_store_masked(output + (ptrdiff_t)i * stride + c, mask, relu ? lanes_relu(sum) : sum);
        }
    }
}

/// Rows first ..< last of the product, whose numbers and scales are there where it is one of integers.
static inline void multiply_rows(
    const engram_window *window, const narrow_tiles tiles, engram_narrow numbers, const float *input, const int8_t *row_numbers,
    const float *row_scales, const char *panels, float *output, const engram_epilogue *epilogue, size_t first, size_t last,
    size_t first_panel, size_t last_panel) {
    const size_t depth = window->channels, columns = window->columns, rows = last - first, padded = rounded_up(depth, 4);
    const size_t blocks = parts_of(rows, TILE_BLOCK), panel_bytes = narrow_bytes(numbers, depth);
    const size_t wide = tile_panels[smaller(rows, TILE_BLOCK) - 1];
    const ptrdiff_t stride = (ptrdiff_t)window->output_pixel_stride;
    float sums[TILE_BLOCK * TILE_PANELS * NR] __attribute__((aligned(64)));
    for (size_t group = 0; group < window->groups; group++) {
        for (size_t p = first_panel; p < last_panel;) {
            const size_t taken = smaller(wide, last_panel - p), column = p * NR, width = taken * NR;
            const size_t valid = smaller(width, columns - column);
            narrow_job job = {.depth = depth, .panel_bytes = panel_bytes, .sums = sums,
                              .panel = panels + group * window->panel_group_stride * sizeof(float) + p * panel_bytes};
            for (size_t b = 0; b < blocks; b++) {
                const size_t start = even_start(rows, blocks, b), count = even_start(rows, blocks, b + 1) - start;
                float *to = output + (ptrdiff_t)(first + start) * stride + (ptrdiff_t)(group * window->output_group_stride + column);
                for (size_t i = 0; i < count; i++) {
                    job.rows[i] = input + (first + start + i) * window->input_pixel_stride;
                    if (row_numbers) {
                        job.numbers[i] = row_numbers + (start + i) * padded;
                        job.scales[i] = row_scales[start + i];
                    }
                }
                begin_sums(to, stride, epilogue->accumulate, count, valid, width, sums);
                tiles[count - 1][taken - 1](&job);
                finish_sums(sums, width, epilogue->bias ? epilogue->bias + group * columns + column : NULL,
                            epilogue->activation == ENGRAM_RELU, count, valid, to, stride);
            }
            p += taken;
        }
    }
}

/// A product of rows that are turned into integers first; `offset` is added to each.
static inline void multiply_numbers(
    const engram_window *window, const narrow_tiles tiles, uint8_t offset, const float *input, const float *panels,
    float *output, const engram_epilogue *epilogue, size_t first_pixel, size_t last_pixel, size_t first_panel, size_t last_panel,
    float *scratch) {
    const size_t depth = window->channels, padded = rounded_up(depth, 4);
    float *scales = scratch;
    int8_t *numbers = (int8_t *)(scratch + NUMBERED_ROWS);
    for (size_t first = first_pixel; first < last_pixel; first += NUMBERED_ROWS) {
        const size_t last = smaller(last_pixel, first + NUMBERED_ROWS);
        for (size_t row = first; row < last; row++) {
            scales[row - first] = number_row(input + row * window->input_pixel_stride, depth, offset, numbers + (row - first) * padded);
        }
        multiply_rows(window, tiles, ENGRAM_I8, input, numbers, scales, (const char *)panels, output, epilogue, first, last, first_panel,
                      last_panel);
    }
}
