// Products and convolutions over packed weights, for the vector type of lanes_<isa>.h.
//
// The pixels of a range are numbers: blocks of at most TILE_ROWS of them are packed into slabs (see product_tile.h), whole groups of
// blocks at once, so that a panel of B comes from the outer caches once a group. Where K is large it is cut into parts, whose sums go on
// in the output: the cut depends on K only, and the order of the sum remains (a residual is then added first instead of last).
// A block of pixels side by side of which all taps are inside is read where it is instead; the bits are the same.

#include "kernels.h"
#include "sizes.h"

#include <stdbool.h>
#include <string.h>

#include "product_panels.h"
#include "product_tile.h"

enum {
    LARGEST_DEPTH = 1536,    // K that is not cut
    CUT_DEPTH = 1024,        // parts of a larger K
    SLAB_FLOATS = 57344,     // of the slabs of a group: 224 KB
    GROUP_ROWS = 112,        // rows of a group
    SMALL_PANELS = 262144,   // floats of B that stay in the outer caches: rows read in place then take all of it block by block
    SET_BYTES = 4096,        // rows such a way apart meet in the same set of the cache
};

/// Depth of the parts that K is cut into.
static size_t part_depth(size_t depth) {
    if (depth <= LARGEST_DEPTH) { return depth; }
    return rounded_up(parts_of(depth, parts_of(depth, CUT_DEPTH)), 16);
}

/// Row blocks of a group.
static size_t group_blocks(size_t part) {
    return larger(1, smaller(GROUP_ROWS, SLAB_FLOATS / larger(1, rounded_up(part, VL))) / TILE_ROWS);
}

// MARK: The way from an input pixel to lines of slabs

/// Taps whose floats are adjacent in memory: part of k that is contiguous for a pixel inside of the input.
typedef struct {
    ptrdiff_t y, x;           // first tap
    size_t k, length;         // floats, k counted from the beginning of the part
    size_t skip;              // floats of the first tap that belong to an earlier part
} tap_run;

/// The share of a run in the lanes lo ..< hi of a slab.
typedef struct {
    ptrdiff_t offset;         // from the pixel to what lane 0 would read
    uint32_t run;
    uint8_t lo, hi;
    bool ends_slab;
} lane_segment;

typedef struct {
    tap_run *runs;
    row_stretch *stretches;   // the runs of a pixel inside of the input
    lane_segment *segments;
    size_t run_count, segment_count;
} slab_plan;

static size_t plan_runs(const engram_window *window, size_t part) {
    return window->channels == 0 ? 0 : smaller(window->taps, part / window->channels + 2);
}

static size_t plan_bytes(const engram_window *window, size_t part) {
    size_t runs = plan_runs(window, part);
    return runs * (sizeof(tap_run) + sizeof(row_stretch)) + (runs + part / VL + 1) * sizeof(lane_segment);
}

size_t KERNEL_NAME(scratch_count)(const engram_window *window) {
    size_t part = part_depth(window->taps * window->channels);
    size_t pixels = window->images * window->output_height * window->output_width;
    size_t rows = smaller(group_blocks(part) * TILE_ROWS, pixels);
    return rows * rounded_up(part, VL) + plan_bytes(window, part) / sizeof(float) + 32;
}

/// Runs and segments of k first ..< last.
static void make_plan(const engram_window *window, size_t first, size_t last, slab_plan *plan) {
    size_t channels = window->channels;
    bool joined = channels == window->input_pixel_stride;
    plan->run_count = 0;
    plan->segment_count = 0;
    for (size_t k = first; k < last;) {
        size_t tap = k / channels, skip = k % channels, end = smaller((tap + 1) * channels, last);
        tap_run run = {window->tap_y[tap], window->tap_x[tap], k - first, 0, skip};
        while (joined && end < last && window->tap_y[end / channels] == run.y
               && window->tap_x[end / channels] == run.x + (ptrdiff_t)(end / channels - tap)) {
            end = smaller(end + channels, last);
        }
        run.length = end - k;
        ptrdiff_t start = run.y * (ptrdiff_t)window->input_row_stride + run.x * (ptrdiff_t)window->input_pixel_stride + (ptrdiff_t)skip;
        for (size_t q = run.k; q < run.k + run.length;) {
            size_t lo = q % VL, hi = smaller(VL, lo + run.k + run.length - q);
            plan->segments[plan->segment_count++] = (lane_segment){
                start + (ptrdiff_t)(q - run.k) - (ptrdiff_t)lo, (uint32_t)plan->run_count, (uint8_t)lo, (uint8_t)hi,
                hi == VL || q - lo + hi == last - first};
            q += hi - lo;
        }
        plan->stretches[plan->run_count] = (row_stretch){start, run.length};
        plan->runs[plan->run_count++] = run;
        k = end;
    }
}

/// An output pixel of a group: where it reads.
typedef struct {
    ptrdiff_t input;          // offset of input pixel (y, x), which need not exist
    int32_t y, x;             // output pixel
    bool inside;              // all taps are
} window_row;

enum { HOISTED_SEGMENTS = 6 };

/// Lines of a slab that consists of `segments` segments (their masks stay in registers), for the rows that are inside.
static inline __attribute__((always_inline)) void pack_lines_of(
    const size_t segments, const lane_segment *segment, const float *input, const window_row *rows, size_t count, bool all_inside, float *slab) {
    lane_mask mask[HOISTED_SEGMENTS];
    UNROLL for (size_t i = 0; i < segments; i++) { mask[i] = lanes_range(segment[i].lo, segment[i].hi); }
    for (size_t i = 0; i < count; i++) {
        if (!all_inside && !rows[i].inside) { continue; }
        const float *pixel = input + rows[i].input;
        lanes line = lanes_load_masked(pixel + segment[0].offset, mask[0]);
        UNROLL for (size_t q = 1; q < segments; q++) { line = lanes_or(line, lanes_load_masked(pixel + segment[q].offset, mask[q])); }
        lanes_store(slab + i * VL, line);
    }
}

/// Lines of the rows that are inside; `stride` floats between slabs.
static void pack_inside(const slab_plan *plan, const float *input, const window_row *rows, size_t count, bool all_inside, float *slabs,
                        size_t stride) {
    const lane_segment *end = plan->segments + plan->segment_count;
    for (const lane_segment *s = plan->segments; s < end; slabs += stride) {
        if (s->lo == 0 && s->hi == VL) {
            const float *from = input + s->offset;
            if (all_inside) {
                for (size_t i = 0; i < count; i++) { lanes_store(slabs + i * VL, lanes_load(from + rows[i].input)); }
            } else {
                for (size_t i = 0; i < count; i++) {
                    if (rows[i].inside) { lanes_store(slabs + i * VL, lanes_load(from + rows[i].input)); }
                }
            }
            s++;
            continue;
        }
        const lane_segment *first = s;
        while (!s->ends_slab) { s++; }
        s++;
        switch (s - first) {
        case 1: pack_lines_of(1, first, input, rows, count, all_inside, slabs); break;
        case 2: pack_lines_of(2, first, input, rows, count, all_inside, slabs); break;
        case 3: pack_lines_of(3, first, input, rows, count, all_inside, slabs); break;
        case 4: pack_lines_of(4, first, input, rows, count, all_inside, slabs); break;
        case 5: pack_lines_of(5, first, input, rows, count, all_inside, slabs); break;
        case 6: pack_lines_of(6, first, input, rows, count, all_inside, slabs); break;
        default:
            for (size_t i = 0; i < count; i++) {
                if (!rows[i].inside) { continue; }
                const float *pixel = input + rows[i].input;
                lanes line = lanes_zero();
                for (const lane_segment *t = first; t < s; t++) {
                    line = lanes_or(line, lanes_load_masked(pixel + t->offset, lanes_range(t->lo, t->hi)));
                }
                lanes_store(slabs + i * VL, line);
            }
        }
    }
}

/// Lines of one row of which some taps are outside.
static void pack_edge(const slab_plan *plan, const engram_window *window, const float *input, const window_row *row, float *slabs,
                      size_t stride) {
    const float *pixel = input + row->input;
    const ptrdiff_t channels = (ptrdiff_t)window->channels;
    ptrdiff_t from = 0, to = 0;   // the k of the run that are inside
    uint32_t run = UINT32_MAX;
    ptrdiff_t slab = 0;           // k of lane 0
    lanes line = lanes_zero();
    for (size_t i = 0; i < plan->segment_count; i++) {
        const lane_segment *s = plan->segments + i;
        if (s->run != run) {
            run = s->run;
            const tap_run *r = plan->runs + run;
            ptrdiff_t y = row->y * (ptrdiff_t)window->stride_y + r->y, x = row->x * (ptrdiff_t)window->stride_x + r->x;
            from = to = 0;
            if (y >= 0 && y < (ptrdiff_t)window->input_height) {
                ptrdiff_t start = (ptrdiff_t)r->k - (ptrdiff_t)r->skip, end = (ptrdiff_t)(r->k + r->length);
                from = start + (x < 0 ? -x : 0) * channels;
                to = start + ((ptrdiff_t)window->input_width - x) * channels;
                if (from < (ptrdiff_t)r->k) { from = (ptrdiff_t)r->k; }
                if (to > end) { to = end; }
            }
        }
        ptrdiff_t lo = from - slab > s->lo ? from - slab : s->lo, hi = to - slab < s->hi ? to - slab : s->hi;
        if (lo < hi) {
            line = hi - lo == VL ? lanes_load(pixel + s->offset)
                                 : lanes_or(line, lanes_load_masked(pixel + s->offset, lanes_range((size_t)lo, (size_t)hi)));
        }
        if (s->ends_slab) {
            lanes_store(slabs, line);
            slabs += stride;
            slab += VL;
            line = lanes_zero();
        }
    }
}

// MARK: The driver

/// Output rows and columns of which all taps are inside.
typedef struct { size_t first_y, last_y, first_x, last_x; } window_inside;

static window_inside inside_of(const engram_window *window) {
    window_inside inside = {0, window->output_height, 0, window->output_width};
    for (size_t t = 0; t < window->taps; t++) {
        clip_outputs(window->stride_y, window->tap_y[t], window->input_height, &inside.first_y, &inside.last_y);
        clip_outputs(window->stride_x, window->tap_x[t], window->input_width, &inside.first_x, &inside.last_x);
    }
    return inside;
}

/// Rows and output places of `count` pixels from `pixel` on; the places alone where `rows` is NULL.
static void describe_rows(const engram_window *w, const window_inside *inside, size_t pixel, size_t count, window_row *rows, ptrdiff_t *places) {
    size_t x = pixel % w->output_width, y = pixel / w->output_width % w->output_height, n = pixel / w->output_width / w->output_height;
    const ptrdiff_t step = (ptrdiff_t)(w->stride_x * w->input_pixel_stride), output_step = (ptrdiff_t)w->output_pixel_stride;
    for (size_t done = 0; done < count;) {
        const size_t pixels = smaller(w->output_width - x, count - done);
        const ptrdiff_t place = (ptrdiff_t)(n * w->output_image_stride + y * w->output_row_stride + x * w->output_pixel_stride);
        for (size_t i = 0; i < pixels; i++) { places[done + i] = place + (ptrdiff_t)i * output_step; }
        if (rows) {
            const ptrdiff_t input = (ptrdiff_t)(n * w->input_image_stride + y * w->stride_y * w->input_row_stride) + (ptrdiff_t)x * step;
            const bool row_inside = y >= inside->first_y && y < inside->last_y;
            const size_t first_x = row_inside ? inside->first_x : 1, last_x = row_inside ? inside->last_x : 1;
            for (size_t i = 0; i < pixels; i++) {
                rows[done + i] = (window_row){input + (ptrdiff_t)i * step, (int32_t)y, (int32_t)(x + i), x + i >= first_x && x + i < last_x};
            }
        }
        done += pixels;
        x = 0;
        if (++y == w->output_height) {
            y = 0;
            n++;
        }
    }
}

/// Whether the pixels of one tap lie side by side, as many as the output's: all blocks then do, too.
static bool is_matrix(const engram_window *w) {
    return w->taps == 1 && w->tap_y[0] == 0 && w->tap_x[0] == 0 && w->stride_y == 1 && w->stride_x == 1
        && w->input_height == w->output_height && w->input_width == w->output_width
        && (w->input_height <= 1 || w->input_row_stride == w->input_width * w->input_pixel_stride)
        && (w->images <= 1 || w->input_image_stride == w->input_height * w->input_width * w->input_pixel_stride);
}

/// Whether the rows of a block have all taps inside and lie `step` floats apart, each behind the one before.
static bool are_side_by_side(const window_row *rows, size_t count, ptrdiff_t step) {
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].inside || rows[i].input != rows[0].input + (ptrdiff_t)i * step) { return false; }
    }
    return true;
}

void KERNEL_NAME(window_product)(
    const engram_window *window, const float *input, const float *panels, float *output, const engram_epilogue *epilogue,
    size_t first_pixel, size_t last_pixel, size_t first_panel, size_t last_panel, float *scratch) {
    if (first_pixel >= last_pixel || first_panel >= last_panel) { return; }
    const size_t depth = window->taps * window->channels, columns = window->columns, pixels = last_pixel - first_pixel;
    const size_t part = part_depth(depth);
    const bool cut = part < depth;
    const ptrdiff_t step = (ptrdiff_t)(window->stride_x * window->input_pixel_stride);
    const bool may_stay = pixels > 3 && step * (ptrdiff_t)sizeof(float) % SET_BYTES != 0;
    const bool all_stay = may_stay && is_matrix(window);
    const bool by_block = may_stay && (last_panel - first_panel) * NR * depth * window->groups <= SMALL_PANELS;
    const size_t blocks = parts_of(pixels, TILE_ROWS), groups = parts_of(blocks, group_blocks(part));
    const window_inside inside = inside_of(window);

    slab_plan plan;
    plan.runs = (tap_run *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    plan.stretches = (row_stretch *)(plan.runs + plan_runs(window, part));
    plan.segments = (lane_segment *)(plan.stretches + plan_runs(window, part));
    float *slabs = (float *)(((uintptr_t)plan.runs + plan_bytes(window, part) + 63) & ~(uintptr_t)63);
    if (!cut) { make_plan(window, 0, depth, &plan); }

    for (size_t g = 0; g < groups; g++) {
        size_t first_block = even_start(blocks, groups, g), last_block = even_start(blocks, groups, g + 1);
        size_t first_row = even_start(pixels, blocks, first_block), rows = even_start(pixels, blocks, last_block) - first_row;
        window_row row[GROUP_ROWS];
        ptrdiff_t places[GROUP_ROWS];
        bool in_place[GROUP_ROWS];   // of each block
        describe_rows(window, &inside, first_pixel + first_row, rows, all_stay ? NULL : row, places);

        for (size_t k = 0;; k += part) {
            size_t part_end = smaller(depth, k + part), padded = rounded_up(part_end - k, VL);
            bool last_part = part_end == depth;
            if (cut) { make_plan(window, k, part_end, &plan); }
            for (size_t b = first_block; b < last_block; b++) {
                size_t start = even_start(pixels, blocks, b) - first_row, count = even_start(pixels, blocks, b + 1) - first_row - start;
                in_place[b - first_block] = all_stay || (may_stay && are_side_by_side(row + start, count, step));
                if (in_place[b - first_block]) { continue; }
                size_t inside_rows = 0;
                for (size_t i = 0; i < count; i++) {
                    inside_rows += row[start + i].inside;
                    if (!row[start + i].inside) {
                        pack_edge(&plan, window, input, row + start + i, slabs + start * padded + i * VL, count * VL);
                    }
                }
                if (inside_rows > 0) {
                    pack_inside(&plan, input, row + start, count, inside_rows == count, slabs + start * padded, count * VL);
                }
            }

            tile_job job = {.depth = part_end - k, .row_stride = (size_t)step, .stretches = plan.stretches, .stretch_count = plan.run_count, .panel_stride = depth * NR,
                            .accumulate = epilogue->accumulate || k > 0, .residual_first = cut && k == 0 && epilogue->residual,
                            .relu = last_part && epilogue->activation == ENGRAM_RELU};
            for (size_t from = first_block, to; from < last_block; from = to) {
                to = by_block ? from + 1 : last_block;
                for (size_t group = 0; group < window->groups; group++) {
                    const float *const group_panels = panels + group * window->panel_group_stride;
                    const size_t group_output = group * window->output_group_stride;
                    for (size_t p = first_panel; p < last_panel;) {
                        size_t column = p * NR, vectors = panel_vectors(columns, p), wide = 1;
                        job.panel = group_panels + p * depth * NR + k * vectors * VL;
                        job.output = output + group_output + column;
                        job.columns = smaller(NR, columns - column);
                        job.bias = last_part && epilogue->bias ? epilogue->bias + group * columns + column : NULL;
                        job.residual = epilogue->residual && (!cut || k == 0) ? epilogue->residual + group_output + column : NULL;
                        if (pixels <= 3) {
                            wide = wide_tile_panels[rows - 1];
                            if (p + wide <= last_panel && panel_vectors(columns, p + wide - 1) == 2) {
                                job.columns = smaller(wide * NR, columns - column);
                                job.slabs = slabs;
                                job.places = places;
                                wide_tiles[rows - 1](&job);
                                p += wide;
                                continue;
                            }
                        }
                        for (size_t b = from; b < to; b++) {
                            size_t start = even_start(pixels, blocks, b) - first_row;
                            size_t count = even_start(pixels, blocks, b + 1) - first_row - start;
                            const bool stays = in_place[b - first_block];
                            job.slabs = !stays ? slabs + start * padded
                                : input + (all_stay ? (ptrdiff_t)(first_pixel + first_row + start) * step : row[start].input);
                            job.places = places + start;
                            (stays ? tiles_in_place : tiles)[count - 1][vectors - 1](&job);
                        }
                        p++;
                    }
                }
            }
            if (last_part) { break; }
        }
    }
}
