// The kernels: one table of functions for each instruction set, all of them in plain float32.
//
// Nothing here allocates, keeps state or starts threads. A caller cuts work into ranges (of output pixels, panels, images, rows)
// by the problem's shape and hands them to as many threads as it likes; a value's sum is taken in the same order whatever
// the range it is computed in, so neither the cut nor the batch changes a bit.
#pragma once

#include <stddef.h>
#include <stdint.h>

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
typedef struct {
    size_t images;
    size_t input_height, input_width, channels;
    size_t input_image_stride, input_row_stride, input_pixel_stride;
    size_t output_height, output_width, columns;                  // columns: output channels written
    size_t output_image_stride, output_row_stride, output_pixel_stride;
    size_t stride_y, stride_x;
    size_t taps;
    const ptrdiff_t *tap_y, *tap_x;
} engram_window;

/// What happens to a finished sum before it is stored: value = activation(sum + bias[column] + residual[same place]).
/// `accumulate`: the output's old value is added to the sum first.
typedef struct {
    const float *bias;       // columns floats, or NULL
    const float *residual;   // laid out like the output, or NULL; may be the output itself
    int accumulate;
    engram_activation activation;
} engram_epilogue;

/// Weights that are to be packed: element (tap t, channel c, column n) lies at source[tap_offset[t] + c*channel_stride + n*column_stride].
/// The reduction index of a product is k = t * channels + c.
typedef struct {
    size_t taps, channels, columns;
    const ptrdiff_t *tap_offset;
    ptrdiff_t channel_stride, column_stride;
} engram_weights;
