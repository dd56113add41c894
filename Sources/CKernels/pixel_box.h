// Pixels with constant strides, over which the gradients of weights are summed.
#pragma once

#include "kernels.h"
#include "sizes.h"

enum {
    CHUNK_FLOATS = 65536,   // of input and output gradient that a chunk should read
    CHUNK_PIXELS = 256,     // that it has at least, where there are so many
};

/// Pixels of a chunk: images x rows x pixels, all with constant strides.
typedef struct {
    const float *input, *output;
    ptrdiff_t input_image, input_row, input_pixel;
    ptrdiff_t output_image, output_row, output_pixel;
    size_t images, rows, pixels;
} pixel_box;

/// The box of a chunk's output gradient; its input is not set.
static inline pixel_box output_box(const engram_window *w, const float *output_gradient, size_t n, size_t y, size_t x) {
    return (pixel_box){
        .output = output_gradient + n * w->output_image_stride + y * w->output_row_stride + x * w->output_pixel_stride,
        .output_image = (ptrdiff_t)w->output_image_stride, .output_row = (ptrdiff_t)w->output_row_stride,
        .output_pixel = (ptrdiff_t)w->output_pixel_stride};
}

/// Sets the input of a box whose first pixel is (n, y, x), for a tap that lies inside there.
static inline void set_input(pixel_box *box, const engram_window *w, const float *input, size_t tap, size_t n, size_t y, size_t x) {
    box->input = input + n * w->input_image_stride + (size_t)((ptrdiff_t)(y * w->stride_y) + w->tap_y[tap]) * w->input_row_stride
        + (size_t)((ptrdiff_t)(x * w->stride_x) + w->tap_x[tap]) * w->input_pixel_stride;
    box->input_image = (ptrdiff_t)w->input_image_stride;
    box->input_row = (ptrdiff_t)(w->stride_y * w->input_row_stride);
    box->input_pixel = (ptrdiff_t)(w->stride_x * w->input_pixel_stride);
}

/// Images, rows and pixels of a chunk.
typedef struct { size_t images, rows, pixels; } chunk_shape;

static inline chunk_shape chunk_of(const engram_window *window, size_t floats_of_pixel, size_t floats, size_t least) {
    size_t pixels = larger(least, floats / larger(1, floats_of_pixel)), width = window->output_width, height = window->output_height;
    if (pixels < width) { return (chunk_shape){1, 1, parts_of(width, parts_of(width, pixels))}; }
    size_t rows = pixels / width;
    if (rows < height) { return (chunk_shape){1, parts_of(height, parts_of(height, rows)), width}; }
    return (chunk_shape){rows / height, height, width};
}
