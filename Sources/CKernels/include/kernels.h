// The kernels: one table of functions for each instruction set, all of them in plain float32.
//
// Nothing here allocates, keeps state or starts threads. A caller cuts work into ranges (of output pixels, panels, images, rows)
// by the problem's shape and hands them to as many threads as it likes; a value's sum is taken in the same order whatever
// the range it is computed in, so neither the cut nor the batch changes a bit.
//
// The list of kernels with their parameters is `kernels.inc` and `elementwise.inc`. No pointer needs an alignment; 64 bytes are best.
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"

typedef enum { ENGRAM_PORTABLE = 0, ENGRAM_AVX2 = 1, ENGRAM_AVX512 = 2 } engram_isa;

typedef enum { ENGRAM_IDENTITY = 0, ENGRAM_RELU = 1 } engram_activation;

// MARK: Products and convolutions

/// Where a window slides: for the output pixel (n, y, x) and tap t the input pixel
///     (n, y * stride_y + tap_y[t], x * stride_x + tap_x[t]),
/// of which `channels` floats are read; a pixel outside of the input counts as zeros.
///
/// A matrix product is a window of one tap (0, 0) on an "image" of one row: input_width = output_width = M, channels = K.
/// Forward convolutions have one tap for each kernel position. An input gradient of stride s has, for each of the s*s phases of the
/// input's pixels, a window over the output gradient with the taps that meet that phase; its "output" is the input gradient
/// with pixel and row strides of s pixels. All strides of memory are in floats. Channels of a pixel are contiguous.
/// Output pixels are numbered (n * output_height + y) * output_width + x.
///
/// The output may be several groups of `columns`, as the gates of a recurrent step are: each has panels of its own, `panel_group_stride`
/// floats apart, and columns `output_group_stride` floats apart; the bias has groups * columns floats.
///
/// With an `input_ring` above zero there is memory for so many rows of an input image, which take it in turn: row y lies where row
/// y % input_ring would.
typedef struct {
    size_t images;
    size_t input_height, input_width, channels;
    size_t input_image_stride, input_row_stride, input_pixel_stride;
    size_t output_height, output_width, columns;                  // columns: output channels written
    size_t output_image_stride, output_row_stride, output_pixel_stride;
    size_t groups, panel_group_stride, output_group_stride;       // of window_product alone
    size_t input_ring;                                            // of depthwise alone
    size_t stride_y, stride_x;
    size_t taps;
    const ptrdiff_t *tap_y, *tap_x;
} engram_window;

/// What happens to a finished sum before it is stored: value = activation(sum + bias[column] + residual[same place]).
/// `accumulate`: the sum starts at the output's old value instead of at zero.
typedef struct {
    const float *bias;       // groups * columns floats, or NULL
    const float *residual;   // laid out like the output, or NULL; may be the output itself
    int accumulate;
    engram_activation activation;
} engram_epilogue;

/// Weights in their owner's layout: element (tap t, channel c, column n) lies at [tap_offset[t] + c*channel_stride + n*column_stride].
/// The reduction index of a product is k = t * channels + c.
typedef struct {
    size_t taps, channels, columns;
    const ptrdiff_t *tap_offset;
    ptrdiff_t channel_stride, column_stride;
} engram_weights;

/// What narrow weights are: halves of 16 bits, or int8 of which each column has a unit.
typedef enum { ENGRAM_F16, ENGRAM_BF16, ENGRAM_I8 } engram_narrow;

// MARK: Tables

#if __has_include("elementwise.h")
#include "elementwise.h"
#endif

/// The kernels of one instruction set.
typedef struct {
    engram_isa isa;
    const char *_Nonnull name;   // "portable", "avx2", "avx512"
    size_t vector;               // floats of a vector
    size_t panel_columns;        // columns of a panel of packed weights
    size_t tile_rows;            // rows of the largest tile of a product
    // window_product for floats that are pairs of bf16, the even one of K in the lower half, in input and panels alike: sums of both products,
    // in float32. NULL where the processor has no instruction for it.
    void (*_Nullable window_product_bf16)(const engram_window *window, const float *input, const float *panels, float *output,
                                          const engram_epilogue *epilogue, size_t first_pixel, size_t last_pixel, size_t first_panel,
                                          size_t last_panel, float *scratch);
#define KERNEL(result, name, parameters) result (*_Nonnull name) parameters;
#include "kernels.inc"
#include "elementwise.inc"
#undef KERNEL
} engram_kernels;

/// The table of an instruction set, or NULL where this processor lacks it.
/// AVX2 stands for AVX2, FMA and F16C, AVX512 for AVX-512 F, BW, DQ and VL.
const engram_kernels *engram_kernels_for(engram_isa isa);

/// What matrix_product_i8 of AVX-512 is where the processor lacks VNNI; for tests.
void engram_matrix_product_i8_without_vnni(const engram_window *window, const float *input, const float *panels, float *output,
                                           const engram_epilogue *epilogue, size_t first_pixel, size_t last_pixel, size_t first_panel,
                                           size_t last_panel, float *scratch);

#pragma clang diagnostic pop
