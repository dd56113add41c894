// Gradients of weights, for the vector type of lanes_<isa>.h: sums of outer products over pixels, with next to nothing packed.
//
// A tile of gradient[tap][R channels][2 vectors of columns] stays in registers while pixels go by: two loads of the output gradient and R
// broadcasts of the input a pixel. Only output pixels whose tap lies inside of the input are visited. Few channels (C < TILE_ROWS)
// that are contiguous over neighbouring pixels are taken together with the taps of their row: their "channels" are then C * taps floats
// of a copy of the input's lines with zeros around them.
//
// Sum order of an element: chunks of pixels (several images, or rows of one, or pixels of one row: by the window's shape and the range
// of images) ascending, each pixel by pixel.

#include "kernels.h"
#include "pixel_box.h"
#include "sizes.h"

#include <stdbool.h>
#include <string.h>

enum {
    NR = 2 * VL,
    LINE_FLOATS = 32768,       // of copied lines
};

typedef struct {
    pixel_box box;             // at the tile's first channel and column
    float *gradient;
    size_t gradient_stride;    // between channels
    size_t columns;            // of the tile, at most NR
    bool accumulate;
} outer_job;

static inline __attribute__((always_inline)) void outer(const int channels, const int vectors, const bool masked, const outer_job *job) {
    lanes sum[TILE_ROWS][2];
    const lane_mask mask = lanes_range(0, job->columns - (size_t)(vectors - 1) * VL);   // of the last vector
    UNROLL for (int i = 0; i < channels; i++) {
        const float *g = job->gradient + (size_t)i * job->gradient_stride;
        UNROLL for (int v = 0; v < vectors; v++) {
            sum[i][v] = !job->accumulate ? lanes_zero()
                : masked && v == vectors - 1 ? lanes_load_masked(g + v * VL, mask) : lanes_load(g + v * VL);
        }
    }
    const pixel_box *box = &job->box;
    const ptrdiff_t input_pixel = box->input_pixel, output_pixel = box->output_pixel;
    for (size_t n = 0; n < box->images; n++) {
        for (size_t y = 0; y < box->rows; y++) {
            const float *x = box->input + (ptrdiff_t)n * box->input_image + (ptrdiff_t)y * box->input_row;
            const float *d = box->output + (ptrdiff_t)n * box->output_image + (ptrdiff_t)y * box->output_row;
            for (size_t left = box->pixels; left > 0; left--) {
                lanes right[2];
                UNROLL for (int v = 0; v < vectors; v++) {
                    right[v] = masked && v == vectors - 1 ? lanes_load_masked(d + v * VL, mask) : lanes_load(d + v * VL);
                }
                UNROLL for (int i = 0; i < channels; i++) {
                    lanes value = lanes_all(x[i]);
                    UNROLL for (int v = 0; v < vectors; v++) { sum[i][v] = lanes_fma(value, right[v], sum[i][v]); }
                }
                x += input_pixel;
                d += output_pixel;
            }
        }
    }
    UNROLL for (int i = 0; i < channels; i++) {
        float *g = job->gradient + (size_t)i * job->gradient_stride;
        UNROLL for (int v = 0; v < vectors; v++) {
            if (masked && v == vectors - 1) {
                lanes_store_masked(g + v * VL, mask, sum[i][v]);
            } else {
                lanes_store(g + v * VL, sum[i][v]);
            }
        }
    }
}

#define DEFINE_OUTERS(R)                                                              \
    static void outer_##R##x1(const outer_job *job) { outer(R, 1, false, job); }        \
    static void outer_##R##x2(const outer_job *job) { outer(R, 2, false, job); }        \
    static void outer_##R##x1_masked(const outer_job *job) { outer(R, 1, true, job); }  \
    static void outer_##R##x2_masked(const outer_job *job) { outer(R, 2, true, job); }
EACH_TILE_ROWS(DEFINE_OUTERS)
#undef DEFINE_OUTERS

typedef void (*outer_function)(const outer_job *);
#define OUTERS(R) {{outer_##R##x1, outer_##R##x1_masked}, {outer_##R##x2, outer_##R##x2_masked}},
static const outer_function outers[TILE_ROWS][2][2] = {EACH_TILE_ROWS(OUTERS)};
#undef OUTERS

/// All tiles of `channels` rows of the gradient (`columns` apart) over a box.
static void outer_tiles(const pixel_box *box, size_t channels, size_t columns, float *gradient, bool accumulate) {
    outer_job job = {.box = *box, .gradient_stride = columns, .accumulate = accumulate};
    size_t blocks = parts_of(channels, TILE_ROWS);
    for (size_t column = 0; column < columns; column += NR) {
        job.columns = smaller(NR, columns - column);
        job.box.output = box->output + column;
        size_t vectors = job.columns > VL ? 2 : 1;
        for (size_t b = 0; b < blocks; b++) {
            size_t first = even_start(channels, blocks, b), count = even_start(channels, blocks, b + 1) - first;
            job.box.input = box->input + first;
            job.gradient = gradient + first * columns + column;
            outers[count - 1][vectors - 1][job.columns % VL != 0](&job);
        }
    }
}

enum {
    MANY_CHANNELS = 128,                                  // from which on tiles of the input are copied
    COPIED_CHANNELS = 112 / TILE_ROWS * TILE_ROWS,        // at a time
    COPIED_FROM_COLUMNS = VL == 16 ? 256 : 64,
    COPIED_PIXELS = 512,
};

/// outer_tiles for many channels: their lines are far apart in memory and meet in few cache sets, so that [block][pixel][R] copies, which
/// all panels of columns then read from the nearest cache, pay.
static void outer_copied_tiles(const pixel_box *box, size_t channels, size_t columns, float *gradient, bool accumulate, float *scratch) {
    outer_job job = {.box = *box, .gradient_stride = columns, .accumulate = accumulate};
    const size_t blocks = parts_of(channels, TILE_ROWS), at_once = COPIED_CHANNELS / TILE_ROWS, pixels = box->images * box->rows * box->pixels;
    for (size_t block = 0; block < blocks; block += at_once) {
        const size_t last_block = smaller(blocks, block + at_once), channel = even_start(channels, blocks, block);
        for (size_t b = block; b < last_block; b++) {
            const size_t first = even_start(channels, blocks, b), count = even_start(channels, blocks, b + 1) - first;
            const lane_mask mask = lanes_range(0, count);
            float *to = scratch + (first - channel) * pixels;
            for (size_t n = 0; n < box->images; n++) {
                for (size_t y = 0; y < box->rows; y++) {
                    const float *from = box->input + (ptrdiff_t)n * box->input_image + (ptrdiff_t)y * box->input_row + first;
                    for (size_t x = 0; x < box->pixels; x++, from += box->input_pixel, to += count) {
                        lanes_store(to, lanes_load_masked(from, mask));   // what is too much the next store mends
                    }
                }
            }
        }
        for (size_t column = 0; column < columns; column += NR) {
            job.columns = smaller(NR, columns - column);
            job.box.output = box->output + column;
            for (size_t b = block; b < last_block; b++) {
                const size_t first = even_start(channels, blocks, b), count = even_start(channels, blocks, b + 1) - first;
                job.box.input = scratch + (first - channel) * pixels;
                job.box.input_pixel = (ptrdiff_t)count;
                job.box.input_row = (ptrdiff_t)(count * box->pixels);
                job.box.input_image = (ptrdiff_t)(count * box->pixels * box->rows);
                job.gradient = gradient + first * columns + column;
                outers[count - 1][job.columns > VL][job.columns % VL != 0](&job);
            }
        }
    }
}

static bool copies_tiles(const engram_window *window) {
    return window->channels >= MANY_CHANNELS && window->columns >= COPIED_FROM_COLUMNS
        && window->images * window->output_height * window->output_width >= 32;
}

/// Whether the taps of a row are taken together, from copied lines.
static bool copies_lines(const engram_window *window) {
    return window->channels < TILE_ROWS && window->channels > 0 && window->channels == window->input_pixel_stride && window->taps > 1;
}

/// Taps from `tap` on that are neighbours in a row.
static size_t joined_taps(const engram_window *window, size_t tap, size_t last_tap) {
    size_t count = 1;
    while (tap + count < last_tap && window->tap_y[tap + count] == window->tap_y[tap]
           && window->tap_x[tap + count] == window->tap_x[tap] + (ptrdiff_t)count && (count + 1) * window->channels <= LINE_FLOATS / 8) {
        count++;
    }
    return count;
}

/// Floats of a copied line.
static size_t line_floats(const engram_window *window, size_t pixels, size_t taps) {
    return pixels == 0 ? 0 : ((pixels - 1) * window->stride_x + taps) * window->channels;
}

/// Chunk and joined taps of the copying way.
static chunk_shape line_chunk(const engram_window *window) {
    size_t longest = smaller(window->taps, larger(1, LINE_FLOATS / 8 / window->channels));
    chunk_shape chunk = chunk_of(window, window->columns + window->stride_x * window->channels, CHUNK_FLOATS, CHUNK_PIXELS);
    while (chunk.pixels > 1 && line_floats(window, chunk.pixels, longest) > LINE_FLOATS) {
        chunk = (chunk_shape){1, 1, parts_of(chunk.pixels, 2)};
    }
    size_t line = line_floats(window, chunk.pixels, longest), lines = larger(1, LINE_FLOATS / larger(1, line));
    if (lines < chunk.rows) {
        chunk.images = 1;
        chunk.rows = lines;
    }
    chunk.images = smaller(chunk.images, larger(1, lines / larger(1, chunk.rows)));
    return chunk;
}

/// Chunk of the ways that do not copy lines.
static chunk_shape tile_chunk(const engram_window *window) {
    const size_t least = copies_tiles(window) ? COPIED_PIXELS : CHUNK_PIXELS;
    return chunk_of(window, window->columns + window->stride_y * window->stride_x * window->channels, CHUNK_FLOATS, least);
}

size_t KERNEL_NAME(gradient_scratch_count)(const engram_window *window) {
    if (window->output_height == 0 || window->output_width == 0) { return 0; }
    if (copies_tiles(window)) {
        chunk_shape chunk = tile_chunk(window);
        return smaller(chunk.images, window->images) * chunk.rows * chunk.pixels * smaller(COPIED_CHANNELS, window->channels) + VL;
    }
    if (!copies_lines(window)) { return 0; }
    chunk_shape chunk = line_chunk(window);
    size_t longest = smaller(window->taps, larger(1, LINE_FLOATS / 8 / window->channels));
    return chunk.images * chunk.rows * line_floats(window, chunk.pixels, longest);
}

/// Copies the input lines that `taps` joined taps from `tap` on meet, zeros outside; returns the floats of a line.
static size_t copy_lines(const engram_window *w, const float *input, size_t tap, size_t taps, chunk_shape size, size_t n, size_t y, size_t x,
                         float *lines) {
    const size_t channels = w->channels, length = line_floats(w, size.pixels, taps), across = length / channels;
    const ptrdiff_t start = (ptrdiff_t)(x * w->stride_x) + w->tap_x[tap], width = (ptrdiff_t)w->input_width;
    size_t before = start < 0 ? smaller((size_t)-start, across) : 0;
    size_t end = width <= start ? before : larger(before, smaller((size_t)(width - start), across));
    for (size_t i = 0; i < size.images; i++) {
        for (size_t j = 0; j < size.rows; j++, lines += length) {
            ptrdiff_t row = (ptrdiff_t)((y + j) * w->stride_y) + w->tap_y[tap];
            if (row < 0 || row >= (ptrdiff_t)w->input_height || end == before) {
                memset(lines, 0, length * sizeof(float));
                continue;
            }
            const float *from = input + (n + i) * w->input_image_stride + (size_t)row * w->input_row_stride;
            memset(lines, 0, before * channels * sizeof(float));
            memcpy(lines + before * channels, from + (start + (ptrdiff_t)before) * (ptrdiff_t)channels, (end - before) * channels * sizeof(float));
            memset(lines + end * channels, 0, (across - end) * channels * sizeof(float));
        }
    }
    return length;
}

void KERNEL_NAME(weight_gradient)(
    const engram_window *window, const float *input, const float *output_gradient, float *gradient, size_t first_image, size_t last_image,
    size_t first_tap, size_t last_tap, int accumulate, float *scratch) {
    const engram_window *w = window;
    const size_t channels = w->channels, columns = w->columns;
    if (first_tap >= last_tap || channels == 0 || columns == 0) { return; }
    if (first_image >= last_image || w->output_height == 0 || w->output_width == 0) {
        if (!accumulate) { memset(gradient + first_tap * channels * columns, 0, (last_tap - first_tap) * channels * columns * sizeof(float)); }
        return;
    }

    const bool lines = copies_lines(w);
    const chunk_shape chunk = lines ? line_chunk(w) : tile_chunk(w);
    const bool copied = copies_tiles(w);
    chunk_shape size;
    for (size_t n = first_image; n < last_image; n += size.images) {
        size.images = smaller(chunk.images, last_image - n);
        for (size_t y = 0; y < w->output_height; y += size.rows) {
            size.rows = smaller(chunk.rows, w->output_height - y);
            for (size_t x = 0; x < w->output_width; x += size.pixels) {
                size.pixels = smaller(chunk.pixels, w->output_width - x);
                const bool go_on = accumulate || n > first_image || y > 0 || x > 0;
                for (size_t tap = first_tap, joined = 1; tap < last_tap; tap += joined) {
                    float *to = gradient + tap * channels * columns;
                    if (lines) {
                        joined = joined_taps(w, tap, last_tap);
                        size_t length = copy_lines(w, input, tap, joined, size, n, y, x, scratch);
                        pixel_box box = output_box(w, output_gradient, n, y, x);
                        box.input = scratch;
                        box.input_image = (ptrdiff_t)(length * size.rows);
                        box.input_row = (ptrdiff_t)length;
                        box.input_pixel = (ptrdiff_t)(w->stride_x * channels);
                        box.images = size.images;
                        box.rows = size.rows;
                        box.pixels = size.pixels;
                        outer_tiles(&box, joined * channels, columns, to, go_on);
                        continue;
                    }
                    size_t y0 = y, y1 = y + size.rows, x0 = x, x1 = x + size.pixels;
                    clip_outputs(w->stride_y, w->tap_y[tap], w->input_height, &y0, &y1);
                    clip_outputs(w->stride_x, w->tap_x[tap], w->input_width, &x0, &x1);
                    if (y0 == y1 || x0 == x1) {
                        if (!go_on) { memset(to, 0, channels * columns * sizeof(float)); }
                        continue;
                    }
                    pixel_box box = output_box(w, output_gradient, n, y0, x0);
                    set_input(&box, w, input, tap, n, y0, x0);
                    box.images = size.images;
                    box.rows = y1 - y0;
                    box.pixels = x1 - x0;
                    if (copied) {
                        outer_copied_tiles(&box, channels, columns, to, go_on, scratch);
                    } else {
                        outer_tiles(&box, channels, columns, to, go_on);
                    }
                }
            }
        }
    }
}

void KERNEL_NAME(sum_partials)(
    const engram_weights *layout, size_t count, const float *partials, float *destination, size_t first_k, size_t last_k, int accumulate) {
    const size_t channels = layout->channels, columns = layout->columns, whole = layout->taps * channels * columns;
    enum { ROWS = 16, BATCH = 64 };   // of a tile in which sums are taken; a strided destination is written by columns
    const ptrdiff_t column_stride = layout->column_stride;
    for (size_t k = first_k; k < last_k; k += ROWS) {
        const size_t rows = smaller(ROWS, last_k - k);
        float *to[ROWS];
        for (size_t r = 0; r < rows; r++) {
            to[r] = destination + layout->tap_offset[(k + r) / channels] + (ptrdiff_t)((k + r) % channels) * layout->channel_stride;
        }
        for (size_t column = 0; column < columns; column += BATCH) {
            const size_t width = smaller(BATCH, columns - column);
            float sum[ROWS][BATCH];
            if (accumulate) {
                for (size_t n = 0; n < width; n++) {
                    for (size_t r = 0; r < rows; r++) { sum[r][n] = to[r][(ptrdiff_t)(column + n) * column_stride]; }
                }
            } else {
                memset(sum, 0, sizeof sum);
            }
            for (size_t r = 0; r < rows; r++) {
                const float *from = partials + (k + r) * columns + column;
                for (size_t p = 0; p < count; p++, from += whole) {
                    size_t n = 0;
                    for (; width - n >= VL; n += VL) { lanes_store(sum[r] + n, lanes_add(lanes_load(sum[r] + n), lanes_load(from + n))); }
                    for (; n < width; n++) { sum[r][n] += from[n]; }
                }
            }
            if (column_stride == 1) {
                for (size_t r = 0; r < rows; r++) { memcpy(to[r] + column, sum[r], width * sizeof(float)); }
            } else if (rows == ROWS) {
                for (size_t n = 0; n < width; n++) {
                    UNROLL for (size_t r = 0; r < ROWS; r++) { to[r][(ptrdiff_t)(column + n) * column_stride] = sum[r][n]; }
                }
            } else {
                for (size_t n = 0; n < width; n++) {
                    for (size_t r = 0; r < rows; r++) { to[r][(ptrdiff_t)(column + n) * column_stride] = sum[r][n]; }
                }
            }
        }
    }
}
