// Convolutions of 3x3 taps by Winograd's F(2x2, 3x3), F(4x4, 3x3) and F(6x6, 3x3), and of 4x4 taps by F(3x3, 4x4) and
// F(5x5, 4x4), on the tiles of product_tile.h; included by product_<isa>.c.
//
// A tile of edge x edge output pixels is made of a patch of 6 x 6 (edge 2: 4 x 4, edges 5 and 6: 8 x 8) input pixels d: Y = At ((G g Gt) * (Bt d B)) A,
// the product * element by element, for the points 0, 1, -1, (2, -2, (1/2, -1/2)) and infinity. Summed over channels, each of the 36 (16, 64)
// elements ("components") is a matrix product: tiles times channels times columns, 36 multiplications for 16 outputs of 9 taps each (16 for 4,
// 64 for 36; 36 for 9 and 64 for 25 of 16 taps). B depends on the points alone, so that the edges 3 and 4 share their way from the input, and 5 and 6.
//
// Slabs of a group of tiles: [block][component][line][R][VL], a block having R <= TILE_ROWS tiles and a line VL channels, the last one filled
// up with zeros. A component is followed by VL floats, so that a tile's 36 stores do not meet in the same sets of the cache.
// Sums of a group: [panel][tile][component][width of the panel]; a panel takes NR columns' room.
// Every number of a tile is computed in the same order whatever the group, so its bits do not depend on the tiles beside it.
// Functions that take a constant `edge` or `size`, the patch's, are inlined for each of its values.
//
// Of the largest output of normally distributed numbers in 16 to 256 channels the rounding errors were at most 6e-7 (edge 2), 1.2e-5 (4), and
// 1.8e-5 (6), of a window of 7x7 over three colours 5e-6 (5); the tests hold them, summed over magnitudes, against the naive loop in double.
//
// Source: Lavin, Gray 2016, "Fast algorithms for convolutional neural networks", section 4.

enum { LARGEST_EDGE = 6, LARGEST_PATCH = 8, LONGEST_SIDE = 4, MOST_COMPONENTS = 64 };

#define INLINED static inline __attribute__((always_inline))

static inline size_t patch_of(size_t edge) { return edge == 2 ? 4 : edge >= 5 ? 8 : 6; }
static inline size_t components_of(size_t edge) { return patch_of(edge) * patch_of(edge); }
/// Rows and columns of taps.
static inline size_t side_of(size_t edge) { return patch_of(edge) - edge + 1; }

/// Calls a function with the edge, which it takes first, as a constant.
#define WITH_EDGE(edge, function, ...)                  \
    switch (edge) {                                     \
        case 2: function(2, __VA_ARGS__); break;        \
        case 3: function(3, __VA_ARGS__); break;        \
        case 4: function(4, __VA_ARGS__); break;        \
        case 5: function(5, __VA_ARGS__); break;        \
        case 6: function(6, __VA_ARGS__); break;        \
        default: break;                                 \
    }

// MARK: Weights

size_t KERNEL_NAME(winograd_packed_count)(const engram_weights *weights, size_t edge) {
    return components_of(edge) * (KERNEL_NAME(packed_count)(weights) / (side_of(edge) * side_of(edge)));
}

typedef double weight_lanes __attribute__((vector_size(4 * sizeof(double))));
typedef float float_lanes __attribute__((vector_size(4 * sizeof(float))));

/// y = G x, for y whose elements lie so many apart.
INLINED void transform_weights(const size_t edge, const weight_lanes *x, weight_lanes *y, size_t stride) {
    if (edge == 2) {
        weight_lanes outer = (x[0] + x[2]) * 0.5, inner = x[1] * 0.5;
        y[0] = x[0];
        y[stride] = outer + inner;
        y[2 * stride] = outer - inner;
        y[3 * stride] = x[2];
        return;
    }
    // A fourth tap, where there is one, goes with the second.
    const bool four = side_of(edge) == 4;
    const weight_lanes fourth = four ? x[3] : (weight_lanes){0}, even = x[0] + x[2], odd = x[1] + fourth;
    if (edge >= 5) {
        const weight_lanes outer = even * (2.0 / 9), inner = odd * (2.0 / 9);
        weight_lanes far = x[0] * (1.0 / 90) + x[2] * (2.0 / 45), twice = x[1] * (1.0 / 45) + fourth * (4.0 / 45);
        weight_lanes near = x[0] * (32.0 / 45) + x[2] * (8.0 / 45), halved = x[1] * (16.0 / 45) + fourth * (4.0 / 45);
        y[0] = x[0];
        y[stride] = -(outer + inner);
        y[2 * stride] = inner - outer;
        y[3 * stride] = far + twice;
        y[4 * stride] = far - twice;
        y[5 * stride] = near + halved;
        y[6 * stride] = near - halved;
        y[7 * stride] = four ? fourth : x[2];
    } else {
        const weight_lanes outer = even * (1.0 / 6), inner = odd * (1.0 / 6);
        weight_lanes far = x[0] * (1.0 / 24) + x[2] * (1.0 / 6), twice = x[1] * (1.0 / 12) + fourth * (1.0 / 3);
        y[0] = x[0] * 0.25;
        y[stride] = -(outer + inner);
        y[2 * stride] = inner - outer;
        y[3 * stride] = far + twice;
        y[4 * stride] = far - twice;
        y[5 * stride] = four ? fourth : x[2];
    }
}

/// Transforms the plain panel [tap][channel][width] at `taps`, which may be the last components' place: what a channel writes there, it has
/// read.
INLINED void transform_panel(const size_t edge, const float *taps, float *components, size_t channels, size_t width) {
    const size_t patch = patch_of(edge), side = side_of(edge), line = channels * width;
    for (size_t c = 0; c < channels; c++, components += width, taps += width) {
        float block[MOST_COMPONENTS][NR];   // whole lines are then written at once
        for (size_t n = 0; n < width; n += 4) {
            weight_lanes half[LARGEST_PATCH][LONGEST_SIDE], component[MOST_COMPONENTS];
            for (size_t x = 0; x < side; x++) {
                weight_lanes tap[LONGEST_SIDE];
                for (size_t y = 0; y < side; y++) {
                    float_lanes value;
                    memcpy(&value, taps + (y * side + x) * line + n, sizeof value);
                    tap[y] = __builtin_convertvector(value, weight_lanes);
                }
                transform_weights(edge, tap, &half[0][x], LONGEST_SIDE);
            }
            for (size_t y = 0; y < patch; y++) { transform_weights(edge, half[y], component + y * patch, 1); }
            for (size_t i = 0; i < patch * patch; i++) {
                float_lanes value = __builtin_convertvector(component[i], float_lanes);
                memcpy(block[i] + n, &value, sizeof value);
            }
        }
        for (size_t i = 0; i < patch * patch; i++) { memcpy(components + i * line, block[i], width * sizeof(float)); }
    }
}

void KERNEL_NAME(winograd_pack)(
    const engram_weights *weights, size_t edge, const float *source, float *panels, size_t first_panel, size_t last_panel) {
    const size_t channels = weights->channels, other_components = components_of(edge) - side_of(edge) * side_of(edge);
    for (size_t p = first_panel; p < last_panel; p++) {
        const size_t width = panel_vectors(weights->columns, p) * VL, columns = smaller(width, weights->columns - p * NR);
        float *panel = panels + p * components_of(edge) * channels * NR, *taps = panel + other_components * channels * width;
        pack_panel(weights, source + (ptrdiff_t)(p * NR) * weights->column_stride, columns, width, taps);
        WITH_EDGE(edge, transform_panel, taps, panel, channels, width);
    }
}

// MARK: Tiles and their slabs

/// Channels of a tile take so many vectors.
static inline size_t lines_of(const engram_window *window) { return parts_of(window->channels, VL); }

/// Where a block's slabs begin.
static inline size_t block_start(size_t edge, size_t tiles, size_t blocks, size_t block, size_t lines) {
    return components_of(edge) * VL * (even_start(tiles, blocks, block) * lines + block);
}

size_t KERNEL_NAME(winograd_slab_count)(const engram_window *window, size_t edge, size_t tiles) {
    size_t blocks = parts_of(tiles, TILE_ROWS);
    return block_start(edge, tiles, blocks, blocks, lines_of(window));
}

size_t KERNEL_NAME(winograd_sum_count)(size_t edge, size_t columns, size_t tiles) {
    return components_of(edge) * rounded_up(columns, NR) * tiles;
}

/// A tile: its image, and its first output pixel.
typedef struct { size_t image, y, x; } tile_place;

static inline tile_place tile_at(const engram_window *window, size_t edge, size_t tile) {
    const size_t across = parts_of(window->output_width, edge), down = parts_of(window->output_height, edge);
    return (tile_place){tile / across / down, tile / across % down * edge, tile % across * edge};
}

/// The tile after it in the same image, or in the next.
static inline void advance(tile_place *place, const engram_window *window, size_t edge) {
    place->x += edge;
    if (place->x < window->output_width) { return; }
    place->x = 0;
    place->y += edge;
    if (place->y < window->output_height) { return; }
    place->y = 0;
    place->image++;
}

// MARK: Input

/// y = Bt x.
INLINED void transform_input(const size_t size, const lanes *x, lanes *y) {
    if (size == 4) {
        y[0] = lanes_sub(x[0], x[2]);
        y[1] = lanes_add(x[1], x[2]);
        y[2] = lanes_sub(x[2], x[1]);
        y[3] = lanes_sub(x[3], x[1]);
    } else if (size == 8) {
        const lanes quarter = lanes_all(0.25f), half = lanes_all(0.5f), two = lanes_all(2), four = lanes_all(4);
        const lanes minus_five_quarters = lanes_all(-1.25f), minus_five_halves = lanes_all(-2.5f), minus_five = lanes_all(-5);
        const lanes minus_seventeen_quarters = lanes_all(-4.25f), twenty_one_quarters = lanes_all(5.25f);
        const lanes even = lanes_fma(minus_seventeen_quarters, x[4], lanes_add(x[2], x[6]));
        const lanes odd = lanes_fma(minus_seventeen_quarters, x[3], lanes_add(x[1], x[5]));
        const lanes even_far = lanes_fma(minus_five_quarters, x[4], lanes_fma(quarter, x[2], x[6]));
        const lanes odd_far = lanes_fma(two, x[5], lanes_fma(minus_five_halves, x[3], lanes_mul(half, x[1])));
        const lanes even_near = lanes_fma(minus_five, x[4], lanes_fma(four, x[2], x[6]));
        const lanes odd_near = lanes_fma(half, x[5], lanes_fma(minus_five_halves, x[3], lanes_mul(two, x[1])));
        y[0] = lanes_fma(twenty_one_quarters, lanes_sub(x[4], x[2]), lanes_sub(x[0], x[6]));
        y[1] = lanes_add(even, odd);
        y[2] = lanes_sub(even, odd);
        y[3] = lanes_add(even_far, odd_far);
        y[4] = lanes_sub(even_far, odd_far);
        y[5] = lanes_add(even_near, odd_near);
        y[6] = lanes_sub(even_near, odd_near);
        y[7] = lanes_fma(twenty_one_quarters, lanes_sub(x[3], x[5]), lanes_sub(x[7], x[1]));
    } else {
        const lanes two = lanes_all(2), four = lanes_all(4), minus_two = lanes_all(-2), minus_four = lanes_all(-4);
        lanes even = lanes_fma(minus_four, x[2], x[4]), odd = lanes_fma(minus_four, x[1], x[3]);
        lanes even_step = lanes_sub(x[4], x[2]), odd_step = lanes_sub(x[3], x[1]);
        y[0] = lanes_fma(four, lanes_sub(x[0], x[2]), even_step);
        y[1] = lanes_add(even, odd);
        y[2] = lanes_sub(even, odd);
        y[3] = lanes_fma(two, odd_step, even_step);
        y[4] = lanes_fma(minus_two, odd_step, even_step);
        y[5] = lanes_fma(minus_four, odd_step, lanes_sub(x[5], x[3]));
    }
}

/// A tile's patch in the input: the pixel of its first corner, which need not exist, and the rows and columns that do.
typedef struct {
    const float *pixel;
    ptrdiff_t row_stride, pixel_stride;
    size_t first_row, last_row, first_column, last_column;
} tile_patch;

/// `count` channels of a patch; `inside`: all pixels exist; `full`: the vector is full.
INLINED void transform_patch(
    const size_t size, const bool inside, const bool full, const tile_patch *patch, size_t channel, size_t count, float *to,
    size_t component_stride) {
    lanes half[LARGEST_PATCH][LARGEST_PATCH];
    lane_mask mask[LARGEST_PATCH];
    UNROLL for (size_t x = 0; x < size; x++) {
        mask[x] = lanes_range(0, inside || (x >= patch->first_column && x < patch->last_column) ? count : 0);
    }
    UNROLL for (size_t y = 0; y < size; y++) {
        const float *row = patch->pixel + (ptrdiff_t)y * patch->row_stride + channel;
        lanes pixel[LARGEST_PATCH];
        if (inside && full) {
            UNROLL for (size_t x = 0; x < size; x++) { pixel[x] = lanes_load(row + (ptrdiff_t)x * patch->pixel_stride); }
        } else if (inside) {
            UNROLL for (size_t x = 0; x < size; x++) {
                pixel[x] = lanes_load_masked(row + (ptrdiff_t)x * patch->pixel_stride, mask[0]);
            }
        } else if (y >= patch->first_row && y < patch->last_row) {
            UNROLL for (size_t x = 0; x < size; x++) {
                pixel[x] = lanes_load_masked(row + (ptrdiff_t)x * patch->pixel_stride, mask[x]);
            }
        } else {
            UNROLL for (size_t x = 0; x < size; x++) { pixel[x] = lanes_zero(); }
        }
        transform_input(size, pixel, half[y]);
    }
    UNROLL for (size_t x = 0; x < size; x++) {
        lanes column[LARGEST_PATCH], component[LARGEST_PATCH];
        UNROLL for (size_t y = 0; y < size; y++) { column[y] = half[y][x]; }
        transform_input(size, column, component);
        UNROLL for (size_t y = 0; y < size; y++) { lanes_store(to + (y * size + x) * component_stride, component[y]); }
    }
}

/// Of so many rows (or columns) from `start` on, those that lie in 0 ..< extent.
static inline void clip_patch(size_t size, ptrdiff_t start, size_t extent, size_t *first, size_t *last) {
    ptrdiff_t end = (ptrdiff_t)extent - start;
    *first = start < 0 ? smaller(size, (size_t)-start) : 0;
    *last = end < 0 ? 0 : smaller(size, (size_t)end);
}

INLINED void transform_tiles(
    const size_t size, size_t edge, const engram_window *window, const float *input, float *slabs, size_t first_tile, size_t last_tile, size_t first_line,
    size_t last_line) {
    const size_t tiles = last_tile - first_tile, blocks = parts_of(tiles, TILE_ROWS), lines = lines_of(window);
    tile_place place = tile_at(window, edge, first_tile);
    for (size_t b = 0; b < blocks; b++) {
        const size_t rows = even_start(tiles, blocks, b + 1) - even_start(tiles, blocks, b);
        const size_t component_stride = (rows * lines + 1) * VL;
        float *block = slabs + block_start(edge, tiles, blocks, b, lines);
        for (size_t i = 0; i < rows; i++, advance(&place, window, edge)) {
            const ptrdiff_t y = (ptrdiff_t)place.y + window->tap_y[0], x = (ptrdiff_t)place.x + window->tap_x[0];
            tile_patch patch = {.row_stride = (ptrdiff_t)window->input_row_stride, .pixel_stride = (ptrdiff_t)window->input_pixel_stride};
            patch.pixel = input + (ptrdiff_t)(place.image * window->input_image_stride) + y * patch.row_stride + x * patch.pixel_stride;
            clip_patch(size, y, window->input_height, &patch.first_row, &patch.last_row);
            clip_patch(size, x, window->input_width, &patch.first_column, &patch.last_column);
            const bool inside = patch.first_row == 0 && patch.first_column == 0 && patch.last_row == size && patch.last_column == size;
            for (size_t line = first_line; line < last_line; line++) {
                const size_t channel = line * VL, count = smaller(VL, window->channels - channel);
                float *to = block + (line * rows + i) * VL;
                if (inside && count == VL) {
                    transform_patch(size, true, true, &patch, channel, count, to, component_stride);
                } else if (inside) {
                    transform_patch(size, true, false, &patch, channel, count, to, component_stride);
                } else {
                    transform_patch(size, false, false, &patch, channel, count, to, component_stride);
                }
            }
        }
    }
}

void KERNEL_NAME(winograd_input)(
    const engram_window *window, size_t edge, const float *input, float *slabs, size_t first_tile, size_t last_tile, size_t first_line,
    size_t last_line) {
    if (first_tile >= last_tile) { return; }
    if (edge == 2) {
        transform_tiles(4, edge, window, input, slabs, first_tile, last_tile, first_line, last_line);
    } else if (edge >= 5) {
        transform_tiles(8, edge, window, input, slabs, first_tile, last_tile, first_line, last_line);
    } else {
        transform_tiles(6, edge, window, input, slabs, first_tile, last_tile, first_line, last_line);
    }
}

// MARK: Products

void KERNEL_NAME(winograd_products)(
    const engram_window *window, size_t edge, const float *slabs, const float *panels, float *sums, size_t tiles_of_group,
    size_t first_component, size_t last_component, size_t first_panel, size_t last_panel) {
    const size_t blocks = parts_of(tiles_of_group, TILE_ROWS), lines = lines_of(window), channels = window->channels;
    const size_t components = components_of(edge);
    for (size_t p = first_panel; p < last_panel; p++) {
        const size_t vectors = panel_vectors(window->columns, p), width = vectors * VL;
        ptrdiff_t places[TILE_ROWS];
        for (size_t i = 0; i < TILE_ROWS; i++) { places[i] = (ptrdiff_t)(i * components * width); }
        tile_job job = {.depth = channels, .places = places, .columns = width};
        for (size_t component = first_component; component < last_component; component++) {
            job.panel = panels + p * components * channels * NR + component * channels * width;
            for (size_t b = 0; b < blocks; b++) {
                const size_t start = even_start(tiles_of_group, blocks, b);
                const size_t rows = even_start(tiles_of_group, blocks, b + 1) - start;
                job.slabs = slabs + block_start(edge, tiles_of_group, blocks, b, lines) + component * (rows * lines + 1) * VL;
                job.output = sums + (p - first_panel) * components * NR * tiles_of_group + (start * components + component) * width;
                tiles[rows - 1][vectors - 1](&job);
            }
        }
    }
}

// MARK: Output

/// y = At x.
INLINED void transform_output(const size_t edge, const lanes *x, lanes *y) {
    lanes near = lanes_add(x[1], x[2]), near_step = lanes_sub(x[1], x[2]);
    if (edge == 2) {
        y[0] = lanes_add(x[0], near);
        y[1] = lanes_add(near_step, x[3]);
    } else if (edge >= 5) {
        lanes far = lanes_add(x[3], x[4]), far_step = lanes_sub(x[3], x[4]), half = lanes_add(x[5], x[6]), half_step = lanes_sub(x[5], x[6]);
        y[0] = lanes_add(lanes_add(x[0], near), lanes_add(far, half));
        y[1] = lanes_fma(lanes_all(0.5f), half_step, lanes_fma(lanes_all(2), far_step, near_step));
        y[2] = lanes_fma(lanes_all(0.25f), half, lanes_fma(lanes_all(4), far, near));
        y[3] = lanes_fma(lanes_all(0.125f), half_step, lanes_fma(lanes_all(8), far_step, near_step));
        y[4] = lanes_fma(lanes_all(0.0625f), half, lanes_fma(lanes_all(16), far, near));
        if (edge == 5) {
            y[4] = lanes_add(y[4], x[7]);
            return;
        }
        y[5] = lanes_add(lanes_fma(lanes_all(0.03125f), half_step, lanes_fma(lanes_all(32), far_step, near_step)), x[7]);
    } else {
        lanes far = lanes_add(x[3], x[4]), far_step = lanes_sub(x[3], x[4]);
        y[0] = lanes_add(lanes_add(x[0], near), far);
        y[1] = lanes_fma(lanes_all(2), far_step, near_step);
        y[2] = lanes_fma(lanes_all(4), far, near);
        if (edge == 3) {
            y[2] = lanes_add(y[2], x[5]);
        } else {
            y[3] = lanes_add(lanes_fma(lanes_all(8), far_step, near_step), x[5]);
        }
    }
}

/// Where a tile's pixels lie, and those of them that exist.
typedef struct {
    ptrdiff_t offset, row_stride, pixel_stride;
    size_t rows, pixels;
} tile_pixels;

/// `count` columns of a tile's sums [component][width] to the output, all pointers at the first of them; `whole`: the vector is full.
INLINED void finish_tile(
    const size_t edge, const bool whole, const float *sums, size_t width, const tile_pixels *pixels, size_t count, float *output,
    const float *bias, const float *residual, bool relu) {
    const size_t size = patch_of(edge);
    const lane_mask mask = lanes_range(0, whole ? VL : count);
    lanes half[LARGEST_EDGE][LARGEST_PATCH];
    UNROLL for (size_t x = 0; x < size; x++) {
        lanes column[LARGEST_PATCH], value[LARGEST_EDGE];
        UNROLL for (size_t y = 0; y < size; y++) { column[y] = lanes_load(sums + (y * size + x) * width); }
        transform_output(edge, column, value);
        UNROLL for (size_t y = 0; y < edge; y++) { half[y][x] = value[y]; }
    }
    const lanes shift = !bias ? lanes_zero() : whole ? lanes_load(bias) : lanes_load_masked(bias, mask);
    UNROLL for (size_t y = 0; y < edge; y++) {
        if (y >= pixels->rows) { continue; }
        lanes value[LARGEST_EDGE];
        transform_output(edge, half[y], value);
        UNROLL for (size_t x = 0; x < edge; x++) {
            if (x >= pixels->pixels) { continue; }
            const ptrdiff_t place = pixels->offset + (ptrdiff_t)y * pixels->row_stride + (ptrdiff_t)x * pixels->pixel_stride;
            lanes sum = lanes_add(value[x], shift);
            if (residual) { sum = lanes_add(sum, whole ? lanes_load(residual + place) : lanes_load_masked(residual + place, mask)); }
            if (relu) { sum = lanes_relu(sum); }
            if (whole) {
                lanes_store(output + place, sum);
            } else {
                lanes_store_masked(output + place, mask, sum);
            }
        }
    }
}

INLINED void finish_tiles(
    const size_t edge, const engram_window *window, const float *sums, float *output, const engram_epilogue *epilogue, size_t first_tile,
    size_t last_tile, size_t first_panel, size_t last_panel) {
    const size_t columns = window->columns, group = last_tile - first_tile, components = components_of(edge);
    const bool relu = epilogue->activation == ENGRAM_RELU;
    for (size_t p = first_panel; p < last_panel; p++) {
        const size_t width = panel_vectors(columns, p) * VL, column = p * NR;
        const float *tile_sums = sums + (p - first_panel) * components * NR * group;
        tile_place place = tile_at(window, edge, first_tile);
        for (size_t i = 0; i < group; i++, tile_sums += components * width, advance(&place, window, edge)) {
            tile_pixels pixels = {
                .row_stride = (ptrdiff_t)window->output_row_stride, .pixel_stride = (ptrdiff_t)window->output_pixel_stride,
                .rows = window->output_height - place.y, .pixels = window->output_width - place.x};
            pixels.offset = (ptrdiff_t)(place.image * window->output_image_stride) + (ptrdiff_t)place.y * pixels.row_stride
                + (ptrdiff_t)place.x * pixels.pixel_stride;
            for (size_t n = column; n < smaller(columns, column + NR); n += VL) {
                const float *from = tile_sums + (n - column), *bias = epilogue->bias ? epilogue->bias + n : NULL;
                const float *residual = epilogue->residual ? epilogue->residual + n : NULL;
                if (n + VL <= columns) {
                    finish_tile(edge, true, from, width, &pixels, VL, output + n, bias, residual, relu);
                } else {
                    finish_tile(edge, false, from, width, &pixels, columns - n, output + n, bias, residual, relu);
                }
            }
        }
    }
}

void KERNEL_NAME(winograd_output)(
    const engram_window *window, size_t edge, const float *sums, float *output, const engram_epilogue *epilogue, size_t first_tile,
    size_t last_tile, size_t first_panel, size_t last_panel) {
    if (first_tile >= last_tile) { return; }
    WITH_EDGE(edge, finish_tiles, window, sums, output, epilogue, first_tile, last_tile, first_panel, last_panel);
}
